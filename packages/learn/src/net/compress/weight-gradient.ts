import {
  differentiate,
  graphBuilder,
  writeOnnx,
  type LoadOptions,
  type GraphRuntime,
  type OnnxModel,
  type RuntimeTensor,
  type Value,
} from "@tideline/graph";
import { positiveInteger } from "../check-option.ts";
import { unpack } from "../flat-tensor.ts";
import { entryValues, type Layout } from "../layout.ts";
import type { Loss } from "../loss/loss.ts";
import { surveyNet } from "../survey.ts";
import { rowWeights } from "../train/class-weight.ts";
import { checkNetData, rowWidth, type ColumnValues, type NetData } from "../train/net-data.ts";
import { writeNet } from "../write-net.ts";
import { graphNet, type GraphNetOptions } from "./graph-net.ts";

/** What `weightGradients` takes. */
export interface WeightGradientOptions extends GraphNetOptions {
  readonly runtime: GraphRuntime;
  readonly load?: LoadOptions;
  readonly loss: Loss;
  /** Rows in a run. Default 64. */
  readonly batch?: number;
}

/** Rows of a column as a tensor; behind the last row the first ones stand again, at weight 0. */
function batchOf(
  values: ColumnValues,
  width: number,
  rows: number,
  start: number,
  batch: number,
  whole: boolean,
): RuntimeTensor["values"] {
  const out = whole ? new BigInt64Array(batch * width) : new Float32Array(batch * width);
  for (let row = 0; row < batch; row++)
    for (let at = 0; at < width; at++) {
      const value = values[((start + row) % rows) * width + at]!;
      out[row * width + at] = (whole ? BigInt(value) : Number(value)) as never;
    }
  return out;
}

/**
 * The gradient of the loss over rows with respect to the weights of a graph, as it answers: running statistics, no noise.
 *
 * @returns by the names of constants, the mean over the rows' weights.
 * @throws as `graphNet`; DEFINITION_ILLEGAL for a batch of no rows; ARGUMENT_INVALID, NOT_ENOUGH_DATA, DATA_MALFORMED for rows that do not fit; what the runtime throws.
 */
export async function weightGradients(
  model: OnnxModel,
  data: NetData,
  options: WeightGradientOptions,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { runtime, load = { threads: 1 }, loss, batch: most = 64, ...rest } = options;
  positiveInteger("weightGradients", "batch", most);
  const { net, numbers, tensorOf } = graphNet(model, rest);
  checkNetData("weightGradients", data, { inputs: net.inputs, target: loss.target });
  const batch = Math.min(most, data.rows);
  const survey = surveyNet(net, batch, false);
  const g = graphBuilder("weight_gradient");
  const partsOf = (name: string, layout: Layout): ReadonlyMap<string, Value> =>
    layout.length === 0 ? new Map() : unpack(g, g.input(name, "float32", [layout.length]), layout);
  const parameters = partsOf("parameters", survey.parameters);
  const state = partsOf("state", survey.states);
  const { scores } = writeNet(g, net, {
    batch,
    training: false,
    survey,
    parameter: ({ name }) => parameters.get(name)!,
    state: ({ name }) => state.get(name)!,
  });
  const target = g.input("target", loss.target.elementType, [batch, ...loss.target.dims]);
  const weight = g.input("weight", "float32", [batch]);
  const { entries } = survey.parameters;
  const gradients = differentiate(
    g,
    loss.write(g, scores, { target, weight }),
    entries.map(({ name }) => parameters.get(name)!),
  );
  const outputs = entries.map(({ name }, at) => {
    g.output(`gradient/${name}`, gradients[at]!);
    return `gradient/${name}`;
  });
  const weights = rowWeights(data.target, data.rows, data.weight, undefined);
  const sums = new Map(
    entries.map((entry) => [entry.name, new Float64Array(entryValues(numbers.parameters, entry).length)]),
  );
  let total = 0;
  const loaded = await runtime.load(writeOnnx(g.build()), load);
  try {
    for (let start = 0; start < data.rows; start += batch) {
      const share = new Float32Array(batch);
      share.set(weights.subarray(start, start + batch));
      const sum = share.reduce((so, one) => so + one, 0);
      if (sum === 0) continue;
      total += sum;
      const feeds: Record<string, RuntimeTensor> = {
        parameters: { dims: [numbers.parameters.length], values: numbers.parameters },
        weight: { dims: [batch], values: share },
        target: {
          dims: [batch, ...loss.target.dims],
          values: batchOf(
            data.target.values,
            rowWidth(loss.target.dims),
            data.rows,
            start,
            batch,
            loss.target.elementType === "int64",
          ),
        },
      };
      if (survey.states.length > 0) feeds["state"] = { dims: [numbers.state.length], values: numbers.state };
      for (const { name, dims, elementType } of net.inputs)
        feeds[name] = {
          dims: [batch, ...dims],
          values: batchOf(
            data.inputs[name]!.values,
            rowWidth(dims),
            data.rows,
            start,
            batch,
            elementType === "int64",
          ),
        };
      const found = await loaded.run(feeds, outputs);
      for (const [at, { name }] of entries.entries()) {
        const values = found[outputs[at]!]!.values as Float32Array;
        const into = sums.get(name)!;
        for (let place = 0; place < into.length; place++) into[place]! += sum * values[place]!;
      }
    }
  } finally {
    await loaded.release();
  }
  return new Map(
    [...sums].map(([name, values]) => [tensorOf(name), Float32Array.from(values, (value) => value / total)]),
  );
}
