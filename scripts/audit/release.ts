import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readBytes, readJson, unusable, type WindowShape } from "./evidence.ts";
import { sha256 } from "./manifest.ts";
import { payloadOf, type Envelope } from "./signature.ts";

/** What a release's envelope says. */
export interface ReleasePayload {
  readonly type: string;
  readonly app: string;
  readonly channel: string;
  readonly version: number;
  readonly id: string;
  readonly issued: number;
  readonly expires: number;
  readonly model: {
    readonly name: string;
    readonly labels: readonly string[];
    readonly window: WindowShape;
    readonly input: string;
    readonly output: string;
    readonly definition: string;
    readonly run: string;
    readonly snapshot: string;
  };
  readonly variants: readonly { readonly sha256: string; readonly bytes: number; readonly format: string }[];
  readonly vectors: { readonly sha256: string; readonly bytes: number };
}

/** A release of the evidence: the catalog's row, its signed payload and the model's bytes. */
export interface EvidenceRelease {
  readonly version: number;
  readonly id: string;
  readonly row: Readonly<Record<string, unknown>>;
  /** Pseudonyms of the people that it was trained on. */
  readonly trainedOn: readonly string[];
  /** What the catalog says of its model table; undefined for releases of before there were tables. */
  readonly table: { readonly parity: number } | { readonly reason: string } | undefined;
  readonly envelope: Envelope;
  readonly payload: ReleasePayload;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes: what the release has to be called. */
  readonly address: string;
}

/** What the audit reads of the catalog's row. */
interface CatalogRow {
  readonly envelope?: Envelope;
  readonly metrics?: {
    readonly trainedOn?: readonly string[];
    readonly tableParity?: number;
    readonly noTable?: string;
  };
}

function tableOf({ metrics }: CatalogRow): EvidenceRelease["table"] {
  if (metrics?.tableParity !== undefined) return { parity: metrics.tableParity };
  return metrics?.noTable === undefined ? undefined : { reason: metrics.noTable };
}

/** Every release of the evidence, oldest first. */
export function readReleases(folder: string): readonly EvidenceRelease[] {
  let names: string[];
  try {
    names = readdirSync(join(folder, "releases")).filter((name) => /^\d+\.json$/.test(name));
  } catch (cause) {
    throw unusable(`The evidence has no folder of releases: ${join(folder, "releases")}.`, cause);
  }
  const read = names.map((name): EvidenceRelease => {
    const row = readJson(folder, join("releases", name)) as CatalogRow;
    if (typeof row.envelope?.payload !== "string") throw unusable(`releases/${name} holds no envelope.`);
    let payload: ReleasePayload;
    try {
      payload = payloadOf<ReleasePayload>(row.envelope);
    } catch (cause) {
      throw unusable(`The payload of releases/${name} is not JSON.`, cause);
    }
    const model = payload.variants.find(({ format }) => format === "onnx");
    if (model === undefined) throw unusable(`releases/${name} has no ONNX model.`);
    const bytes = readBytes(folder, join("artifacts", model.sha256));
    return {
      version: payload.version,
      id: payload.id,
      row: { ...row },
      trainedOn: row.metrics?.trainedOn ?? [],
      table: tableOf(row),
      envelope: row.envelope,
      payload,
      bytes,
      address: sha256(bytes),
    };
  });
  return read.sort((left, right) => left.version - right.version);
}

/** The chain of root envelopes. */
export function readRoots(folder: string): readonly Envelope[] {
  const chain = readJson(folder, join("releases", "root.json"));
  if (!Array.isArray(chain) || chain.length === 0)
    throw unusable("releases/root.json holds no root envelope.");
  return chain as Envelope[];
}
