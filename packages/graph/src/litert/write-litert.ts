import { tidelineError, type TidelineError } from "@tideline/spec";
import { equalised, UNEVEN } from "../compress/equalise.ts";
import type { Feed } from "../interpret.ts";
import type { OnnxModel } from "../onnx.ts";
import { textLookups } from "../source/text-lookup.ts";
import { unknownOperators } from "../unknown-operator.ts";
import { dynamicInt8 } from "./dynamic.ts";
import { halvedWeights } from "./halve.ts";
import { quantised } from "./quantise.ts";
import { observedRanges, type CalibrationMethod } from "./observe.ts";
import { tensorRanges } from "./range.ts";
import { encodeLite, type LiteFile } from "./encode.ts";
import { fusedActivations } from "./fuse.ts";
import { joinedConcats } from "./join-concat.ts";
import { joinedReshapes } from "./join-reshape.ts";
import { keptMissing } from "./keep-missing.ts";
import type { LiteEnd } from "./lite-end.ts";
import { withoutDead, type LiteGraph } from "./lite-graph.ts";
import type { RefusalReason } from "../known-walk.ts";
import { lowerGraph, type Lowered } from "./lower-graph.ts";
import { prepared } from "./prepare.ts";
import { sharedOperators } from "./share.ts";

/**
 * What numbers a file holds and computes with: `float16` halves the weights and computes in float32; `dynamic-int8` has
 * large weights in 8 bits and rounds what they are multiplied with row by row; `int8` computes in 8 bits from the first layer
 * on, with ranges that calibration rows tell.
 */
export type LitertPrecision = "float32" | "float16" | "dynamic-int8" | "int8";

/** Rows on which the ranges of values are seen. */
export interface LitertCalibration {
  readonly rows: readonly Readonly<Record<string, Feed>>[];
  /** All that was seen (`range`, the default), or the part whose rounding tells most (`entropy`). */
  readonly method?: CalibrationMethod;
}

/** What a file is to be. */
export interface LitertOptions {
  readonly precision?: LitertPrecision;
  /** For `int8`: rows as the model will see them; some hundred will do. */
  readonly calibration?: LitertCalibration;
  /** For `int8`: ends of 8 bits too, for accelerators that take no others; the report says their scales. */
  readonly integerEnds?: boolean;
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
  /**
   * Of an end that the graph has in double precision (times, places): this is `fround(x - fround(x))` of that one, which is
   * `fround(x)` itself. Both together hold 48 bits: parts of the calendar are right to 8 microseconds until 2041 and to 16 until
   * 2112, differences of degrees to 1e-12. Numbers are within 2^53. See {@link litertFeed}.
   */
  readonly lowOf?: string;
  /** What whole numbers of 8 bits stand for: `scale * (q - zeroPoint)`. */
  readonly scale?: number;
  readonly zeroPoint?: number;
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
  /** Inputs that were texts of a dictionary and are codes now: the app looks them up, -1 for a missing one. */
  readonly dictionaries?: Readonly<Record<string, readonly string[]>>;
  /** Of `int8`: how many operators compute with whole numbers, and how many stayed float32. */
  readonly whole?: number;
  readonly float?: number;
}

/** A LiteRT file, or all reasons why there is none. */
export type LitertResult =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly report: LitertReport }
  | { readonly ok: false; readonly reasons: readonly RefusalReason[] };

const endsOf = (list: LiteGraph["inputs"], ends: readonly LiteEnd[]): readonly LitertEnd[] =>
  list.map(({ type, dims, open, quantisation }, at) => ({
    name: ends[at]!.name,
    type,
    dims: dims.map((dim, axis) => (open[axis] ? -1 : dim)),
    ...(ends[at]!.lowOf !== undefined && { lowOf: ends[at]!.lowOf }),
    ...(quantisation && { scale: quantisation.scales[0]!, zeroPoint: quantisation.zeroPoints[0]! }),
  }));

const PRECISIONS: readonly string[] = [
  "float32",
  "float16",
  "dynamic-int8",
  "int8",
] satisfies LitertPrecision[];

function invalid(field: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who: "writeLitert", field, expected, received });
}

/** The graph in the numbers that are asked for. */
function inPrecision(
  lowered: Extract<Lowered, { graph: LiteGraph }>,
  graph: LiteGraph,
  model: OnnxModel,
  { precision = "float32", calibration, integerEnds = false }: LitertOptions,
): { readonly graph: LiteGraph; readonly whole?: number; readonly float?: number } {
  if (precision === "float16") return { graph: halvedWeights(graph) };
  if (precision === "dynamic-int8") return { graph: dynamicInt8(graph) };
  if (precision === "float32") return { graph };
  const observed = observedRanges(model, calibration!.rows, calibration!.method ?? "range");
  return quantised(graph, tensorRanges(graph, lowered.values, observed), { integerEnds });
}

function checkOptions({
  precision = "float32",
  calibration,
  integerEnds,
  metadata = {},
}: LitertOptions): void {
  if (!PRECISIONS.includes(precision)) throw invalid("precision", PRECISIONS.join(", "), String(precision));
  if (precision === "int8" && (calibration?.rows.length ?? 0) === 0)
    throw invalid("calibration", "rows that tell the ranges of values", "none");
  if (calibration?.method !== undefined && !["range", "entropy"].includes(calibration.method))
    throw invalid("calibration.method", "range or entropy", String(calibration.method));
  if (integerEnds === true && precision !== "int8") throw invalid("integerEnds", "precision int8", precision);
  if (Object.hasOwn(metadata, "min_runtime_version"))
    throw invalid(
      "metadata",
      "names other than min_runtime_version, which is written by itself",
      "min_runtime_version",
    );
}

/**
 * Writes a graph as a LiteRT file (`.tflite`): weights laid out as the runtime wants them, constants folded, a signature
 * with the graph's own names, the oldest runtime that will do. The same graph gives the same bytes.
 *
 * @returns the bytes with a report, or a reason and the nearest alternative for each node that LiteRT cannot compute.
 * @throws GRAPH_ILLEGAL as `checkModel`; ARGUMENT_INVALID for options that are none.
 *
 * @example
 * const result = writeLitert(model);
 * if (!result.ok) throw new Error(result.reasons.map(({ op, reason, instead }) => `${op}: ${reason}; ${instead}`).join("\n"));
 */
export function writeLitert(model: OnnxModel, options: LitertOptions = {}): LitertResult {
  const { precision = "float32", signature = "serving_default", metadata = {}, lengths = {} } = options;
  checkOptions(options);
  const { model: coded, dictionaries } = textLookups(model);
  const strange = unknownOperators(coded);
  if (strange.length > 0) return { ok: false, reasons: strange };
  const fused = prepared(coded, precision === "int8");
  // One scale is for all channels between layers, and in dense layers' weights: none may take it for itself.
  const ready = /int8/.test(precision) ? equalised(fused, { beyond: UNEVEN }) : fused;
  const lowered = lowerGraph(ready, {
    wideIntegers: options.wideIntegers === true,
    lengths,
    loops: precision === "int8",
  });
  if ("reasons" in lowered) return { ok: false, reasons: lowered.reasons };
  const shared = sharedOperators(keptMissing(withoutDead(lowered.graph)));
  const plain = withoutDead(joinedConcats(fusedActivations(shared)));
  const { graph: made, ...counts } = inPrecision(lowered, plain, ready, options);
  const alive = withoutDead(joinedReshapes(made));
  // What is left over of a float64 that is read as float32 alone needs not come in.
  const read = new Set(alive.operators.flatMap(({ inputs }) => inputs));
  const needed = lowered.inputs.map(({ lowOf }, at) => lowOf === undefined || read.has(alive.inputs[at]));
  const inputs = lowered.inputs.filter((_, at) => needed[at]);
  const graph = { ...alive, inputs: alive.inputs.filter((_, at) => needed[at]) };
  const file = encodeLite(graph, {
    description: options.description ?? model.graph.name,
    signature,
    inputNames: inputs.map(({ name }) => name),
    outputNames: lowered.outputs.map(({ name }) => name),
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
      inputs: endsOf(graph.inputs, inputs),
      outputs: endsOf(graph.outputs, lowered.outputs),
      resizable: lowered.resizable,
      ...(Object.keys(dictionaries).length === 0 ? {} : { dictionaries }),
      ...counts,
    },
  };
}
