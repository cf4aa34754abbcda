import { writeOnnx, type GraphRuntime, type LoadOptions, type RuntimeTensor } from "@tideline/graph";
import type { EvaluationGraph } from "../evaluation-graph.ts";
import type { FittedNumbers } from "../initial-parameters.ts";
import type { LossTarget } from "../loss/loss.ts";
import { batchFeeder, naturalOrder } from "./batch-feeder.ts";
import type { NetData } from "./net-data.ts";

/** What a net makes of rows. */
export interface Evaluation {
  /** [rows, width], before softmax or sigmoid. */
  readonly scores: Float32Array;
  /** Weighted mean. */
  readonly loss: number;
}

/** Evaluates the same rows again and again while parameters change. */
export interface Evaluator {
  evaluate(numbers: FittedNumbers): Promise<Evaluation>;
  release(): Promise<void>;
}

/**
 * Loads the graph that looks at rows.
 *
 * @param graph with a loss.
 * @param weight [rows]
 */
export async function evaluator(
  runtime: GraphRuntime,
  load: LoadOptions,
  graph: EvaluationGraph & { readonly target: LossTarget },
  data: NetData,
  weight: Float32Array,
): Promise<Evaluator> {
  const { batch, parameters, states } = graph;
  const loaded = await runtime.load(writeOnnx(graph.model), load);
  const feeder = batchFeeder(data, weight, batch, graph);
  const buffers = feeder.make();
  const order = naturalOrder(data.rows);
  return Object.freeze({
    async evaluate(numbers: FittedNumbers) {
      const feeds: Record<string, RuntimeTensor> = {
        ...buffers.inputs,
        target: buffers.target,
        weight: buffers.weight,
        parameters: { dims: [parameters.length], values: numbers.parameters },
        ...(states.length === 0 ? {} : { state: { dims: [states.length], values: numbers.state } }),
      };
      let scores: Float32Array | undefined;
      let lossSum = 0;
      let weightSum = 0;
      for (let start = 0; start < data.rows; start += batch) {
        const sum = feeder.fill(buffers, order, start);
        const out = await loaded.run(feeds, ["scores", "loss"]);
        const values = out["scores"]!.values as Float32Array;
        const width = values.length / batch;
        scores ??= new Float32Array(data.rows * width);
        scores.set(values.subarray(0, Math.min(batch, data.rows - start) * width), start * width);
        lossSum += Number(out["loss"]!.values[0]) * sum;
        weightSum += sum;
      }
      return { scores: scores!, loss: lossSum / weightSum };
    },
    release: () => loaded.release(),
  });
}
