import { graphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import { positiveInteger } from "./check-option.ts";
import { unpack } from "./flat-tensor.ts";
import type { Layout } from "./layout.ts";
import type { Loss, LossTarget } from "./loss/loss.ts";
import type { Net, NetInput } from "./net.ts";
import { surveyNet } from "./survey.ts";
import { writeNet } from "./write-net.ts";

/** What `evaluationGraph` takes. */
export interface EvaluationGraphOptions {
  /** Rows in a batch. */
  readonly batch: number;
  /** Without one the graph has neither "target" nor "weight" nor "loss". */
  readonly loss?: Loss;
}

/**
 * A net as a graph for looking at it while it trains: no dropout, running statistics.
 *
 * Inputs of `model`: "parameters"; "state" (absent when empty); the net's inputs by name; "target" and "weight"
 * [batch] where there is a loss. Outputs: "scores", and "loss" [], the weighted mean over the batch.
 */
export interface EvaluationGraph {
  readonly model: OnnxModel;
  readonly batch: number;
  readonly parameters: Layout;
  readonly states: Layout;
  readonly inputs: readonly NetInput[];
  readonly target?: LossTarget;
}

/**
 * Writes a net as a graph whose parameters are an input.
 *
 * @throws DEFINITION_ILLEGAL and GRAPH_ILLEGAL as `trainingStep`.
 * @example
 * const { model } = evaluationGraph(net, { batch: 256, loss: crossEntropy() });
 */
export function evaluationGraph(net: Net, options: EvaluationGraphOptions): EvaluationGraph {
  const { loss } = options;
  const batch = positiveInteger("evaluationGraph", "batch", options.batch);
  const survey = surveyNet(net, batch, false);
  const { parameters: layout, states } = survey;
  const g = graphBuilder("evaluation");
  const partsOf = (name: string, { length, entries }: Layout) =>
    length === 0
      ? new Map<string, Value>()
      : unpack(g, g.input(name, "float32", [length]), { length, entries });
  const parameters = partsOf("parameters", layout);
  const state = partsOf("state", states);
  const { scores } = writeNet(g, net, {
    batch,
    training: false,
    survey,
    parameter: ({ name }) => parameters.get(name)!,
    state: ({ name }) => state.get(name)!,
  });
  g.output("scores", scores);
  if (loss !== undefined) {
    const target = g.input("target", loss.target.elementType, [batch, ...loss.target.dims]);
    const weight = g.input("weight", "float32", [batch]);
    g.output("loss", loss.write(g, scores, { target, weight }));
  }
  return Object.freeze({
    model: g.build(),
    batch,
    parameters: layout,
    states,
    inputs: Object.freeze([...net.inputs]),
    ...(loss === undefined ? {} : { target: loss.target }),
  });
}
