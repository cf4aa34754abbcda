import { tidelineError } from "@tideline/spec";
import type { OnnxModel } from "../onnx.ts";
import { encodeLite, type LiteFile } from "./encode.ts";
import { fusedActivations } from "./fuse.ts";
import { withoutDead, type LiteGraph } from "./lite-graph.ts";
import { lowerGraph, type LiteReason } from "./lower-graph.ts";
import { prepared } from "./prepare.ts";
import { sharedOperators } from "./share.ts";

/** What numbers a file holds and computes with. */
export type LitertPrecision = "float32";

/** What a file is to be. */
export interface LitertOptions {
  readonly precision?: LitertPrecision;
  /** Name of the signature that the app calls. */
  readonly signature?: string;
  /** What stands in the file as its description. */
  readonly description?: string;
  /** Texts by name that travel with the file. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Numbers for lengths that are only named, but for the batch. */
  readonly lengths?: Readonly<Record<string, number>>;
  /**
   * Whether inputs and outputs of int64 stay so. They become int32 otherwise, since the interfaces for JavaScript take no
   * others; the graph in between keeps 64 bits.
   */
  readonly wideIntegers?: boolean;
  /**
   * Whether the file says that its batch has any length (-1). Otherwise it says 1, which LiteRT for JavaScript and the
   * CompiledModel interfaces need; `resize_tensor_input` of the interpreter works in both.
   */
  readonly openBatch?: boolean;
}

/** An end of a file: its name in the signature, its type and its shape, -1 where it follows the batch. */
export interface LitertEnd {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
}

/** What was written. */
export interface LitertReport {
  readonly precision: LitertPrecision;
  readonly operators: LiteFile["operators"];
  /** The oldest release of TensorFlow Lite that runs it. */
  readonly runtime: string;
  readonly inputs: readonly LitertEnd[];
  readonly outputs: readonly LitertEnd[];
  /** Whether the interpreter may resize the batch; else the graph holds for one row only. */
  readonly resizable: boolean;
}

/** A LiteRT file, or all reasons why there is none. */
export type LitertResult =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly report: LitertReport }
  | { readonly ok: false; readonly reasons: readonly LiteReason[] };

const endsOf = (list: LiteGraph["inputs"], names: readonly string[]): readonly LitertEnd[] =>
  list.map(({ type, dims, open }, at) => ({
    name: names[at]!,
    type,
    dims: dims.map((dim, axis) => (open[axis] ? -1 : dim)),
  }));

/**
 * Writes a graph as a LiteRT file (`.tflite`): weights laid out as the runtime wants them, constants folded, a signature
 * with the graph's own names, the oldest runtime that will do. The same graph gives the same bytes.
 *
 * @returns the bytes with a report, or a reason and the nearest alternative for each node that LiteRT cannot compute.
 * @throws GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`; ARGUMENT_INVALID for options that are none.
 *
 * @example
 * const result = writeLitert(model);
 * if (!result.ok) throw new Error(result.reasons.map(({ op, reason, instead }) => `${op}: ${reason}; ${instead}`).join("\n"));
 */
export function writeLitert(model: OnnxModel, options: LitertOptions = {}): LitertResult {
  const { precision = "float32", signature = "serving_default", metadata = {}, lengths = {} } = options;
  if (Object.hasOwn(metadata, "min_runtime_version"))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "writeLitert",
      field: "metadata",
      expected: "names other than min_runtime_version, which is written by itself",
      received: "min_runtime_version",
    });
  const lowered = lowerGraph(prepared(model), { wideIntegers: options.wideIntegers === true, lengths });
  if ("reasons" in lowered) return { ok: false, reasons: lowered.reasons };
  const graph = withoutDead(fusedActivations(sharedOperators(withoutDead(lowered.graph))));
  const inputNames = graph.inputs.map(({ name }) => name);
  const outputNames = model.graph.outputs.map(({ name }) => name);
  const file = encodeLite(graph, {
    description: options.description ?? model.graph.name,
    signature,
    inputNames,
    outputNames,
    openBatch: options.openBatch === true,
    metadata,
  });
  return {
    ok: true,
    bytes: file.bytes,
    report: {
      precision,
      operators: file.operators,
      runtime: file.runtime,
      inputs: endsOf(graph.inputs, inputNames),
      outputs: endsOf(graph.outputs, outputNames),
      resizable: lowered.resizable,
    },
  };
}
