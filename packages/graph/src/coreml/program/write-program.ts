import { tidelineError, type TidelineError } from "@tideline/spec";
import { equalised, UNEVEN } from "../../compress/equalise.ts";
import { wholeReason, type RefusalReason } from "../../known-walk.ts";
import { prepared } from "../../litert/prepare.ts";
import type { OnnxModel } from "../../onnx.ts";
import type { Dictionaries } from "../../source/lower.ts";
import { textLookups } from "../../source/text-lookup.ts";
import { unknownOperators } from "../../unknown-operator.ts";
import {
  encodeCoreml,
  formatFeatureType,
  OLDEST_RELEASE,
  type CoremlFeature,
  type CoremlLabels,
  type CoremlMetadata,
} from "../describe/index.ts";
import { describedEnds, fedInputs } from "./described-end.ts";
import { withCompressedWeights } from "./compress-weight.ts";
import { programFields } from "./encode-program.ts";
import { halved } from "./halve.ts";
import { lowerProgram } from "./lower-program.ts";
import { withoutDead, type MilGraph } from "./mil-graph.ts";
import { packageFiles, type PackageFile } from "./package-file.ts";
import { weightFile } from "./weight-file.ts";

export type { PackageFile } from "./package-file.ts";

/** The numbers of a program; {@link MlProgramOptions.precision} says what each means. */
export type MlProgramPrecision = "float32" | "float16" | "int8" | "palettised";

export interface MlProgramOptions {
  /**
   * `float32`; `float16`: weights and all computing in half precision, inputs and outputs in single; `int8`: weights in 8
   * bits with a scale for each channel, computing in single precision; `palettised`: weights as places in a table of 16 or
   * 64 numbers (`colours`). The last two need iOS 16. Default `float32`.
   */
  readonly precision?: MlProgramPrecision;
  /** Numbers in the table of a palettised weight; 16 by default. */
  readonly colours?: 16 | 64;
  /** The title in the metadata; the graph's name by default. */
  readonly name?: string;
  /** What Xcode shows of the model, and of each input and output by its name in the graph. */
  readonly description?: string;
  readonly features?: Readonly<Record<string, string>>;
  readonly metadata?: Omit<CoremlMetadata, "description">;
  /** The names of classes: the model is a classifier then, of one row at a time. */
  readonly labels?: CoremlLabels;
  /** Which output the labels name; by default the first output of floats that is as long as they are. */
  readonly probabilities?: string;
  /** A number for each named length that is no batch. */
  readonly lengths?: Readonly<Record<string, number>>;
  /** The most rows that an app may give at once, 1024 by default: a program needs an end. */
  readonly mostRows?: number;
}

/** An input or output as an app meets it, and as the graph calls it. */
export interface MlProgramEnd {
  /** An identifier: what Swift calls it. */
  readonly name: string;
  readonly graphName: string;
  /** As `float32[1, 9]`; an axis that follows the batch is 1 here. */
  readonly type: string;
}

/** What was written. */
export interface MlProgramReport {
  readonly form: "mlProgram";
  readonly precision: MlProgramPrecision;
  readonly specificationVersion: number;
  /** The oldest systems that read the file, as `iOS 15, macOS 12`. */
  readonly oldest: string;
  /** How often each operator of MIL is used; constants left out. */
  readonly operators: Readonly<Record<string, number>>;
  readonly inputs: readonly MlProgramEnd[];
  readonly outputs: readonly MlProgramEnd[];
  /** Whether an app may choose the batch. */
  readonly flexible: boolean;
  readonly weightBytes: number;
  /** How many weights were written in fewer bits. */
  readonly compressed: number;
  /** What codes stand for, by input: the app looks its texts up there. */
  readonly dictionaries?: Dictionaries;
  /** What whoever ships the file has to know. */
  readonly notes: readonly string[];
}

/** A `.mlpackage`, or all reasons why there is none. */
export type MlProgramResult =
  | { readonly ok: true; readonly files: readonly PackageFile[]; readonly report: MlProgramReport }
  | { readonly ok: false; readonly reasons: readonly RefusalReason[] };

const PRECISIONS: readonly string[] = [
  "float32",
  "float16",
  "int8",
  "palettised",
] satisfies MlProgramPrecision[];

function invalid(field: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who: "writeMlProgram", field, expected, received });
}

function checkOptions({ precision = "float32", colours = 16, labels, mostRows }: MlProgramOptions): void {
  if (!PRECISIONS.includes(precision)) throw invalid("precision", PRECISIONS.join(", "), String(precision));
  if (colours !== 16 && colours !== 64) throw invalid("colours", "16 or 64", String(colours));
  if (mostRows !== undefined && !(Number.isSafeInteger(mostRows) && mostRows > 0))
    throw invalid("mostRows", "a whole number above 0", String(mostRows));
  if (labels === undefined) return;
  if (!Array.isArray(labels)) throw invalid("labels", "a list", String(labels));
  const lone = labels.find((label) => typeof label === "string" && !label.isWellFormed());
  if (lone !== undefined) throw invalid("labels", "texts of whole characters", JSON.stringify(lone));
  if (labels.length === 0) throw invalid("labels", "at least one", "none");
  if (new Set<unknown>(labels).size < labels.length)
    throw invalid("labels", "each once", "some of them twice");
  const kinds = new Set(labels.map((label) => typeof label));
  const whole = labels.every((label) => typeof label === "string" || Number.isSafeInteger(label));
  if (kinds.size > 1 || !whole) throw invalid("labels", "texts or whole numbers", String(labels[0]));
}

/** The graph in the numbers that are asked for, or why it cannot be in them. */
function inPrecision(
  graph: MilGraph,
  { precision = "float32", colours = 16 }: MlProgramOptions,
): { readonly graph: MilGraph; readonly compressed: number; readonly tooSmall: number } | RefusalReason {
  if (precision === "float32") return { graph, compressed: 0, tooSmall: 0 };
  if (precision !== "float16")
    return { ...withCompressedWeights(graph, precision === "int8" ? "int8" : { colours }), tooSmall: 0 };
  const { tooLarge, ...rest } = halved(graph);
  if (tooLarge.length === 0) return { ...rest, compressed: 0 };
  return wholeReason(`a constant of ${tooLarge.join(", ")} is beyond half precision`, "precision float32");
}

/** Specification versions with their sets of operators. Source: `_OPSET` of coremltools. */
const OPSETS: Readonly<Record<number, string>> = { 6: "CoreML5", 7: "CoreML6" };

/** The oldest version that has every operator: those which widen weights came with iOS 16. */
const versionOf = ({ operators }: MilGraph): number =>
  operators.some(({ op }) => op.startsWith("constexpr_")) ? 7 : 6;

/** A file's notes. */
function notesOf(
  graph: MilGraph,
  precision: MlProgramPrecision,
  oneRow: boolean,
  tooSmall: number,
): readonly string[] {
  const readsMissing = graph.operators.some(
    ({ op, inputs }) => op === "not_equal" && inputs["x"] === inputs["y"],
  );
  return [
    "not run on Apple hardware: coremltools loads the file, and an interpreter of its own computes it",
    ...(readsMissing
      ? ["it asks whether numbers are NaN: choose MLComputeUnits.cpuOnly, which alone is sure to keep them"]
      : []),
    ...(precision === "float16" ? ["numbers beyond 65504, given or computed, become infinite"] : []),
    ...(oneRow ? ["one length of the batch: 1"] : []),
    ...(tooSmall > 0
      ? [`${tooSmall} constants have numbers below 6e-8, the smallest of half precision`]
      : []),
  ];
}

/**
 * Writes a graph as an ML Program of Core ML (`.mlpackage`): a program of MIL with the oldest set of operators that has
 * what it needs, and its weights beside it. The same graph gives the same bytes.
 *
 * @returns the package's files with a report, or a reason and the nearest alternative for each node that MIL cannot compute.
 * @throws GRAPH_ILLEGAL as `checkModel`; ARGUMENT_INVALID for options that are none.
 *
 * @example
 * const result = writeMlProgram(model, { precision: "float16", labels: ["sitting", "walking"] });
 * if (!result.ok) throw new Error(result.reasons.map(({ op, reason, instead }) => `${op}: ${reason}; ${instead}`).join("\n"));
 * for (const { path, bytes } of result.files) write(`Activity.mlpackage/${path}`, bytes);
 */
export function writeMlProgram(model: OnnxModel, options: MlProgramOptions = {}): MlProgramResult {
  checkOptions(options);
  const { labels, lengths = {}, mostRows } = options;
  const { model: coded, dictionaries } = textLookups(model);
  const strange = unknownOperators(coded);
  if (strange.length > 0) return { ok: false, reasons: strange };
  const fused = prepared(coded);
  // Half precision ends at 65504, and one table of numbers is for all channels: none may take either for itself.
  const ready = (options.precision ?? "float32") === "float32" ? fused : equalised(fused, { beyond: UNEVEN });
  const lowered = lowerProgram(ready, { lengths, oneRow: labels !== undefined || mostRows === 1 });
  if ("reasons" in lowered) return { ok: false, reasons: lowered.reasons };
  const { flexible } = lowered;
  const made = inPrecision(withoutDead(lowered.graph), options);
  if ("reason" in made) return { ok: false, reasons: [made] };
  const graph = withoutDead(made.graph);

  const described = describedEnds(graph, coded, options);
  if ("reason" in described) return { ok: false, reasons: [described] };
  const { inputs, outputs, classFeatures, classifier, names } = described;
  const specificationVersion = versionOf(graph);
  const weights = weightFile();
  const body = programFields(graph, names, OPSETS[specificationVersion]!, weights, classifier);
  const { custom, ...metadata } = options.metadata ?? {};
  const title = options.name ?? model.graph.name;
  const bytes = encodeCoreml({
    specificationVersion,
    description: {
      inputs,
      outputs: [...classFeatures, ...outputs],
      ...(classifier && {
        predictedFeature: classifier.names[0],
        predictedProbabilities: classifier.names[1],
      }),
      metadata: {
        description: options.description ?? title,
        ...metadata,
        custom: { ...custom, "tideline.name": title },
      },
    },
    form: "mlProgram",
    body,
  });
  const weightBytes = weights.finish();
  const counts: Record<string, number> = {};
  for (const { op } of graph.operators) counts[op] = (counts[op] ?? 0) + 1;
  const ends = (
    list: readonly CoremlFeature[],
    values: readonly { readonly name: string }[],
  ): readonly MlProgramEnd[] =>
    list.map(({ name, type }, at) => ({ name, graphName: values[at]!.name, type: formatFeatureType(type) }));
  return {
    ok: true,
    files: packageFiles(bytes, weightBytes),
    report: {
      form: "mlProgram",
      precision: options.precision ?? "float32",
      specificationVersion,
      oldest: OLDEST_RELEASE[specificationVersion]!,
      operators: counts,
      inputs: ends(inputs, fedInputs(coded.graph)),
      outputs: [
        ...classFeatures.map(({ name, type }) => ({ name, graphName: "", type: formatFeatureType(type) })),
        ...ends(outputs, coded.graph.outputs),
      ],
      flexible,
      weightBytes: weightBytes?.length ?? 0,
      compressed: made.compressed,
      ...(Object.keys(dictionaries).length === 0 ? {} : { dictionaries }),
      notes: notesOf(
        graph,
        options.precision ?? "float32",
        !flexible &&
          model.graph.inputs.some(({ dims: [first] }) => typeof first === "string" && !(first in lengths)),
        made.tooSmall,
      ),
    },
  };
}
