import { graphBuilder, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import { illegalOption, oneOf } from "./check-option.ts";
import type { FittedNumbers } from "./initial-parameters.ts";
import { entryValues, type Layout, type LayoutEntry } from "./layout.ts";
import type { Net } from "./net.ts";
import { surveyNet } from "./survey.ts";
import { writeNet } from "./write-net.ts";

/** How scores become what the graph answers. */
export type OutputActivation = "softmax" | "sigmoid" | "none";

/** Output activations, and what their outputs are called. */
const OUTPUTS = {
  softmax: { name: "probabilities", write: (g, x) => g.op("Softmax", [x], { axis: -1 }) },
  sigmoid: { name: "probabilities", write: (g, x) => g.op("Sigmoid", [x]) },
  none: { name: "scores", write: (_, x) => x },
} satisfies Record<OutputActivation, { readonly name: string; write(g: GraphBuilder, scores: Value): Value }>;

/** What `inferenceGraph` takes. */
export interface InferenceGraphOptions {
  /** The graph's name; "net" by default. */
  readonly name?: string;
  /** "softmax" by default; the output is then "probabilities", with "none" it is "scores". */
  readonly activation?: OutputActivation;
  /** Another name of the output. */
  readonly output?: string;
  /** Free text by key, written as ONNX `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The graph of a fitted net that is shipped: any number of rows "N", parameters as constants, no dropout, running
 * statistics.
 *
 * @throws DEFINITION_ILLEGAL when the numbers are not as many as the net declares; GRAPH_ILLEGAL where shapes do not
 *   fit an open batch.
 * @example
 * const model = inferenceGraph(net, fitted, { name: "activity", metadata: { classes: "walk,sit" } });
 */
export function inferenceGraph(
  net: Net,
  fitted: FittedNumbers,
  options: InferenceGraphOptions = {},
): OnnxModel {
  const { name = "net", metadata } = options;
  const activation = oneOf("inferenceGraph", "activation", OUTPUTS, options.activation ?? "softmax");
  const survey = surveyNet(net, "N", false);
  checkLength("parameters", survey.parameters, fitted.parameters);
  checkLength("state", survey.states, fitted.state);
  const g = graphBuilder(name);
  const from = (flat: Float32Array) => (entry: LayoutEntry) =>
    g.constant(entryValues(flat, entry), entry.dims);
  const { scores } = writeNet(g, net, {
    batch: "N",
    training: false,
    survey,
    parameter: from(fitted.parameters),
    state: from(fitted.state),
  });
  const output = OUTPUTS[activation];
  g.output(options.output ?? output.name, output.write(g, scores));
  return g.build(metadata === undefined ? {} : { metadata });
}

function checkLength(field: string, layout: Layout, values: Float32Array): void {
  if (values.length === layout.length) return;
  throw illegalOption(
    "inferenceGraph",
    field,
    `${layout.length} numbers, as the net declares`,
    String(values.length),
  );
}
