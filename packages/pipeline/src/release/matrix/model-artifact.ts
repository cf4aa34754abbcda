import type { OnnxModel } from "@tideline/graph";
import { sha256Hex } from "../release-port.ts";
import type { ModelRows } from "./model-row.ts";

/** Families of files; what runs them names the ones that it takes. */
export type ArtifactFormat = "onnx" | "ort" | "tflite" | "table" | "mlmodel" | "mlpackage";

/** How true a file's numbers are to the graph: the gate holds each to bounds of its own. */
export type ArtifactNumbers = "exact" | "float16" | "int8";

/** A file of an artifact; most have one. */
export interface ArtifactFile {
  /** Relative path, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Why a node (or, where both are empty, the whole graph) keeps a model from a format. */
export interface ArtifactReason {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
  readonly instead?: string;
}

/** What a kind makes of a model. */
export type ArtifactMade =
  | {
      readonly ok: true;
      readonly files: readonly ArtifactFile[];
      /** Oldest system or runtime that runs it, as its makers name it. */
      readonly oldest: string;
      /** Inputs that were texts and are codes now, by input: the app looks them up. */
      readonly dictionaries?: Readonly<Record<string, readonly string[]>>;
      /** What its writer says besides. */
      readonly report?: object;
    }
  | { readonly ok: false; readonly reasons: readonly ArtifactReason[] };

/** A model in one format. */
export interface ModelArtifact {
  /** Name of its kind. */
  readonly kind: string;
  readonly format: ArtifactFormat;
  readonly numbers: ArtifactNumbers;
  readonly files: readonly ArtifactFile[];
  /** Bytes of all files. */
  readonly size: number;
  /** Lower-case hexadecimal SHA-256: of the file, or of paths and digests where there are several. */
  readonly sha256: string;
  readonly oldest: string;
  readonly dictionaries?: Readonly<Record<string, readonly string[]>>;
  readonly report?: object;
}

/** A kind that a model does not come in, and why. */
export interface MissingArtifact {
  readonly kind: string;
  readonly reasons: readonly ArtifactReason[];
}

/** What kinds make files of. */
export interface ArtifactSource {
  readonly model: OnnxModel;
  /** Begin of the files' names. */
  readonly name: string;
  /** Classes in the order of the answer's last axis. */
  readonly labels?: readonly string[];
  /** Rows on which ranges of 8 bits are seen: `int8` kinds need some. */
  readonly calibration?: ModelRows;
  /** The graph with QuantizeLinear and DequantizeLinear around its layers, for `onnx-int8`. */
  readonly quantised?: OnnxModel;
}

/** The one digest of an artifact's files. */
export function digestOf(files: readonly ArtifactFile[]): string {
  if (files.length === 1) return sha256Hex(files[0]!.bytes);
  const lines = files.map(({ path, bytes }) => `${path}\0${sha256Hex(bytes)}\n`).toSorted();
  return sha256Hex(new TextEncoder().encode(lines.join("")));
}
