import type { OnnxModel } from "@tideline/graph";
import { equalised, preparedForCompression, quantise, UNEVEN } from "@tideline/graph/compress";
import { codedGraph, onnxruntimeNode, type ModelRows } from "@tideline/pipeline";

/** Rows that run at once. */
const BATCH = 64;

/**
 * The graph with QuantizeLinear and DequantizeLinear around its layers, of rows that tell the ranges of values; undefined for a graph
 * without layers, or one that reads texts otherwise than by looking them up.
 *
 * @throws what the graph is refused for
 */
export async function quantisedModel(given: OnnxModel, givenRows: ModelRows): Promise<OnnxModel | undefined> {
  const coded = codedGraph(given);
  if (coded === undefined) return undefined;
  const { model, inputs } = coded;
  const rows = coded.rowsOf(givenRows);
  const step = inputs.every(({ open }) => open) ? BATCH : 1;
  const batches = Array.from({ length: Math.ceil(rows.count / step) }, (_, batch) => {
    const [from, to] = [batch * step, Math.min(rows.count, (batch + 1) * step)];
    return Object.fromEntries(
      inputs.map(({ name, width, dims, open }) => {
        const all = Float64Array.from(rows.inputs[name] as ArrayLike<number>);
        const values = all.subarray(from * width, to * width);
        return [name, { dims: open ? [to - from, ...dims] : dims, values }];
      }),
    );
  });
  const calibration = { runtime: onnxruntimeNode, rows: batches };
  // One scale is for all channels between layers: none may take it for itself.
  const even = equalised(preparedForCompression(model), { beyond: UNEVEN });
  const { model: quantised, layers } = await quantise(even, { calibration });
  return layers.length === 0 ? undefined : coded.withTexts(quantised);
}
