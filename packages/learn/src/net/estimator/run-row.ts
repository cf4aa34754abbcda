import {
  writeOnnx,
  type GraphRuntime,
  type LoadOptions,
  type OnnxModel,
  type RuntimeTensor,
} from "@tideline/graph";
import type { NetInput } from "../net.ts";
import type { NetColumn } from "../train/net-data.ts";
import type { NetEncoder } from "./net-classifier.ts";

/** Rows predicted in one run; bounds memory whatever number is asked for. */
const PREDICTION_BATCH = 512;

/** A graph, and how what is given becomes its inputs. */
export interface RowGraph<Given> {
  readonly model: OnnxModel;
  readonly inputs: readonly NetInput[];
  readonly encoder: NetEncoder<Given>;
  /** Outputs wanted: name to numbers that each row becomes. */
  readonly outputs: Readonly<Record<string, number>>;
}

/**
 * Runs a graph over rows of any number, some hundreds at a time.
 *
 * @param who for messages: "mlp.predict".
 * @returns each output, [rows, width] row-major; int64 as float64.
 * @throws what the encoder throws for the rows, and the runtime.
 */
export async function runRows<Given>(
  who: string,
  { model, inputs, encoder, outputs }: RowGraph<Given>,
  given: Given,
  runtime: GraphRuntime,
  load: LoadOptions = { threads: 1 },
): Promise<Record<string, Float32Array | Float64Array>> {
  encoder.check(who, given);
  const rows = encoder.count(given);
  const all: Record<string, Float32Array | Float64Array> = {};
  const widths = Object.entries(outputs);
  for (const [name, width] of widths) {
    const found = model.graph.outputs.find((one) => one.name === name);
    const size = rows * width;
    all[name] = found?.elementType === "int64" ? new Float64Array(size) : new Float32Array(size);
  }
  const loaded = await runtime.load(writeOnnx(model), load);
  try {
    for (let start = 0; start < rows; start += PREDICTION_BATCH) {
      const count = Math.min(PREDICTION_BATCH, rows - start);
      const feeds = graphFeeds(inputs, encoder.inputs(given, start, count), count);
      const results = await loaded.run(feeds, Object.keys(outputs));
      for (const [name, width] of widths) {
        const { values } = results[name]!;
        const numbers = values instanceof BigInt64Array ? Float64Array.from(values, Number) : values;
        all[name]!.set(numbers as Float32Array, start * width);
      }
    }
  } finally {
    await loaded.release();
  }
  return all;
}

/** Columns as tensors of the element types that the inputs have. */
function graphFeeds(
  inputs: readonly NetInput[],
  columns: Readonly<Record<string, NetColumn>>,
  count: number,
): Record<string, RuntimeTensor> {
  return Object.fromEntries(
    inputs.map(({ name, elementType, dims }) => {
      const { values } = columns[name]!;
      const converted =
        elementType === "int64"
          ? BigInt64Array.from(values as Int32Array, BigInt)
          : Float32Array.from(values as Float32Array);
      return [name, { elementType, dims: [count, ...dims], values: converted }];
    }),
  );
}
