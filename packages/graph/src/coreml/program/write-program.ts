import { tidelineError, type TidelineError } from "@tideline/spec";
import { wholeReason, type RefusalReason } from "../../known-walk.ts";
import { findDefinition } from "../../call.ts";
import { prepared } from "../../litert/prepare.ts";
import type { OnnxModel } from "../../onnx.ts";
import type { Dictionaries } from "../../source/lower.ts";
import { textLookups } from "../../source/text-lookup.ts";
import {
  encodeCoreml,
  formatFeatureType,
  OLDEST_RELEASE,
  textLabels,
  type CoremlFeature,
  type CoremlLabels,
  type CoremlMetadata,
} from "../describe/index.ts";
import { withCompressedWeights } from "./compress-weight.ts";
import { programFields, type MilClassifier } from "./encode-program.ts";
import { halved } from "./halve.ts";
import { identifiers } from "./identifier.ts";
import { lowerProgram } from "./lower-program.ts";
import { withoutDead, type MilGraph, type MilTensor } from "./mil-graph.ts";
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
  /** The most rows that an app may give at once; any number by default. */
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
  if (labels.length === 0) throw invalid("labels", "at least one", "none");
  if (new Set<unknown>(labels).size < labels.length)
    throw invalid("labels", "each once", "some of them twice");
  const kinds = new Set(labels.map((label) => typeof label));
  const whole = labels.every((label) => typeof label === "string" || Number.isSafeInteger(label));
  if (kinds.size > 1 || !whole) throw invalid("labels", "texts or whole numbers", String(labels[0]));
}

/** The nodes of operators that this package does not have. */
function unknownOperators({ graph }: OnnxModel): readonly RefusalReason[] {
  return graph.nodes
    .filter((node) => findDefinition(node) === undefined)
    .map(({ name, op, domain }) => ({
      node: name,
      op: domain === "" ? op : `${domain}.${op}`,
      reason: "it is no operator that this package has (docs/operators.md)",
      instead: op === "LabelEncoder" || op === "Tokenizer" ? "codes as an input" : "operators of the list",
    }));
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

/** The output that labels name. */
function probabilitiesOf(
  graph: MilGraph,
  names: readonly string[],
  options: MlProgramOptions,
): MilTensor | RefusalReason {
  const { labels, probabilities } = options;
  const count = ({ dims }: MilTensor): number => dims.reduce((product, length) => product * length, 1);
  const at = graph.outputs.findIndex((tensor, place) =>
    probabilities === undefined
      ? tensor.type === "fp32" && count(tensor) === labels!.length
      : names[place] === probabilities,
  );
  const found = graph.outputs[at];
  if (found === undefined && probabilities !== undefined)
    throw invalid("probabilities", `an output: ${names.join(", ")}`, probabilities);
  if (found === undefined || found.type !== "fp32" || count(found) !== labels!.length)
    return wholeReason(
      `no output has a number for each of ${labels!.length} labels`,
      "labels as many as the classes, in their order",
    );
  return found;
}

/** The two outputs that make a model a classifier. */
function classifierFeatures({
  labels,
  names: [label, probabilities],
}: MilClassifier): readonly CoremlFeature[] {
  const kind = textLabels(labels) ? "string" : "int64";
  return [
    { name: label, description: "the most probable class", type: { kind } },
    {
      name: probabilities,
      description: "the probability of each class",
      type: { kind: "dictionary", key: kind },
    },
  ];
}

const ARRAY = { fp32: "float32", int32: "int32" } as const;

/** A file's notes. */
function notesOf(graph: MilGraph, flexible: boolean, named: boolean, tooSmall: number): readonly string[] {
  const readsMissing = graph.operators.some(
    ({ op, inputs }) => op === "not_equal" && inputs["x"] === inputs["y"],
  );
  return [
    "not run on Apple hardware: coremltools loads the file, and an interpreter of its own computes it",
    ...(readsMissing
      ? ["it asks whether numbers are NaN: choose MLComputeUnits.cpuOnly, which alone is sure to keep them"]
      : []),
    ...(named && !flexible ? ["one length of the batch: 1"] : []),
    ...(tooSmall > 0 ? [`${tooSmall} constants have numbers too small for half precision, which are 0`] : []),
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
  const { labels, lengths = {}, features = {}, mostRows = -1 } = options;
  const { model: coded, dictionaries } = textLookups(model);
  const strange = unknownOperators(coded);
  if (strange.length > 0) return { ok: false, reasons: strange };
  const lowered = lowerProgram(prepared(coded), { lengths, oneRow: labels !== undefined || mostRows === 1 });
  if ("reasons" in lowered) return { ok: false, reasons: lowered.reasons };
  const { flexible } = lowered;
  const made = inPrecision(withoutDead(lowered.graph), options);
  if ("reason" in made) return { ok: false, reasons: [made] };
  const graph = withoutDead(made.graph);

  const given = coded.graph;
  const constants = new Set(given.initializers.map(({ name }) => name));
  const inputNames = given.inputs.map(({ name }) => name).filter((name) => !constants.has(name));
  const outputNames = given.outputs.map(({ name }) => name);
  const fresh = identifiers();
  const names = fresh.all([...inputNames, ...outputNames]);
  const [inputs, outputs] = [names.slice(0, inputNames.length), names.slice(inputNames.length)];
  const probabilities = labels && probabilitiesOf(graph, outputNames, options);
  if (probabilities !== undefined && "reason" in probabilities)
    return { ok: false, reasons: [probabilities] };
  const classifier: MilClassifier | undefined = labels &&
    probabilities && {
      probabilities,
      labels,
      names: [fresh.one("classLabel"), fresh.one("classLabel_probs")],
    };

  const featureOf = (tensor: MilTensor, name: string, graphName: string, ranged: boolean): CoremlFeature => {
    const { type, dims, open } = tensor;
    const ranges = dims.map((dim, axis) =>
      open[axis] ? { lower: 1, upper: mostRows } : { lower: dim, upper: dim },
    );
    const description = features[graphName] ?? (name === graphName ? undefined : graphName);
    return {
      name,
      ...(description === undefined ? {} : { description }),
      type: {
        kind: "array",
        elementType: ARRAY[type as keyof typeof ARRAY],
        shape: open.includes(true) && !ranged ? [] : dims,
        ...(open.includes(true) && ranged && { ranges }),
      },
    };
  };
  const arrays = [
    graph.inputs.map((tensor, at) => featureOf(tensor, inputs[at]!, inputNames[at]!, true)),
    graph.outputs.map((tensor, at) => featureOf(tensor, outputs[at]!, outputNames[at]!, false)),
  ] as const;
  const classFeatures: readonly CoremlFeature[] =
    classifier === undefined ? [] : classifierFeatures(classifier);
  const specificationVersion = versionOf(graph);
  const weights = weightFile();
  const body = programFields(graph, { inputs, outputs }, OPSETS[specificationVersion]!, weights, classifier);
  const { custom, ...metadata } = options.metadata ?? {};
  const title = options.name ?? model.graph.name;
  const bytes = encodeCoreml({
    specificationVersion,
    description: {
      inputs: arrays[0],
      outputs: [...classFeatures, ...arrays[1]],
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
  const ends = (list: readonly CoremlFeature[], names: readonly string[]): readonly MlProgramEnd[] =>
    list.map(({ name, type }, at) => ({ name, graphName: names[at]!, type: formatFeatureType(type) }));
  return {
    ok: true,
    files: packageFiles(bytes, weightBytes),
    report: {
      form: "mlProgram",
      precision: options.precision ?? "float32",
      specificationVersion,
      oldest: OLDEST_RELEASE[specificationVersion]!,
      operators: counts,
      inputs: ends(arrays[0], inputNames),
      outputs: ends([...classFeatures, ...arrays[1]], [...classFeatures.map(() => ""), ...outputNames]),
      flexible,
      weightBytes: weightBytes?.length ?? 0,
      compressed: made.compressed,
      ...(Object.keys(dictionaries).length === 0 ? {} : { dictionaries }),
      notes: notesOf(
        graph,
        flexible,
        model.graph.inputs.some(({ dims }) => typeof dims[0] === "string"),
        made.tooSmall,
      ),
    },
  };
}
