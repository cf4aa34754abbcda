import { tidelineError } from "@tideline/spec";
import { wholeReason, type RefusalReason } from "../../known-walk.ts";
import type { OnnxGraph, OnnxModel, ValueInfo } from "../../onnx.ts";
import { textLabels, type CoremlFeature, type CoremlLabels } from "../describe/index.ts";
import type { MilClassifier } from "./encode-program.ts";
import { identifiers } from "./identifier.ts";
import type { MilGraph, MilTensor } from "./mil-graph.ts";

/** The options that describe a program's inputs and outputs; `MlProgramOptions` says what each means. */
export interface DescribedOptions {
  readonly features?: Readonly<Record<string, string>>;
  readonly labels?: CoremlLabels;
  readonly probabilities?: string;
  readonly mostRows?: number;
}

/** A program's interface. */
export interface DescribedEnds {
  readonly inputs: readonly CoremlFeature[];
  /** The outputs that the graph has; a classifier has `classFeatures` before them. */
  readonly outputs: readonly CoremlFeature[];
  readonly classFeatures: readonly CoremlFeature[];
  readonly classifier?: MilClassifier;
  readonly names: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
}

/** The inputs of a graph that are no constants. */
export function fedInputs({ inputs, initializers }: OnnxGraph): readonly ValueInfo[] {
  const constants = new Set(initializers.map(({ name }) => name));
  return inputs.filter(({ name }) => !constants.has(name));
}

/** Rows at once, where nobody says otherwise: Core ML plans memory for the most. */
const MOST_ROWS = 1024;

/** The output that labels name. */
function probabilitiesOf(
  graph: MilGraph,
  names: readonly string[],
  options: DescribedOptions,
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
    throw tidelineError("ARGUMENT_INVALID", {
      who: "writeMlProgram",
      field: "probabilities",
      expected: `an output: ${names.join(", ")}`,
      received: probabilities,
    });
  if (found === undefined || found.type !== "fp32" || count(found) !== labels!.length)
    return wholeReason(
      `no output has a number for each of ${labels!.length} labels`,
      "labels as many as the classes, in their order, of a graph whose batch has a name",
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

/** The interface of a program, its names made identifiers; or why it can be no classifier of these labels. */
export function describedEnds(
  graph: MilGraph,
  { graph: given }: OnnxModel,
  options: DescribedOptions,
): DescribedEnds | RefusalReason {
  const { features = {}, labels, mostRows = MOST_ROWS } = options;
  const inputNames = fedInputs(given).map(({ name }) => name);
  const outputNames = given.outputs.map(({ name }) => name);
  const unknown = Object.keys(features).find((name) => ![...inputNames, ...outputNames].includes(name));
  if (unknown !== undefined)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "writeMlProgram",
      field: "features",
      expected: `inputs or outputs: ${[...inputNames, ...outputNames].join(", ")}`,
      received: unknown,
    });
  const probabilities = labels && probabilitiesOf(graph, outputNames, options);
  if (probabilities !== undefined && "reason" in probabilities) return probabilities;
  const fresh = identifiers();
  const all = fresh.all([...inputNames, ...outputNames]);
  const names = { inputs: all.slice(0, inputNames.length), outputs: all.slice(inputNames.length) };
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
    const said = Object.hasOwn(features, graphName) ? features[graphName] : undefined;
    const description = said ?? (name === graphName ? undefined : graphName);
    return {
      name,
      ...(description === undefined ? {} : { description }),
      type: {
        kind: "array",
        elementType: ARRAY[type as keyof typeof ARRAY],
        // The shape of an output that follows the batch is not described: the program says it.
        shape: open.includes(true) && !ranged ? [] : dims,
        ...(open.includes(true) && ranged && { ranges }),
      },
    };
  };
  return {
    inputs: graph.inputs.map((tensor, at) => featureOf(tensor, names.inputs[at]!, inputNames[at]!, true)),
    outputs: graph.outputs.map((tensor, at) =>
      featureOf(tensor, names.outputs[at]!, outputNames[at]!, false),
    ),
    classFeatures: classifier === undefined ? [] : classifierFeatures(classifier),
    ...(classifier && { classifier }),
    names,
  };
}
