import type { OnnxModel } from "@tideline/graph";
import { quantise } from "@tideline/graph/compress";
import { onnxruntimeNode, rowInputs, type ModelRows } from "@tideline/pipeline";

/** Rows that run at once. */
const BATCH = 64;

/**
 * The graph with QuantizeLinear and DequantizeLinear around its layers, of rows that tell the ranges of values; undefined for a graph
 * without layers, or one that reads texts.
 *
 * @throws what the graph is refused for
 */
export async function quantisedModel(model: OnnxModel, rows: ModelRows): Promise<OnnxModel | undefined> {
  const inputs = rowInputs(model);
  if (inputs.some(({ elementType }) => elementType === "string")) return undefined;
  const step = inputs.every(({ open }) => open) ? BATCH : 1;
  const batches = Array.from({ length: Math.ceil(rows.count / step) }, (_, batch) => {
    const [from, to] = [batch * step, Math.min(rows.count, (batch + 1) * step)];
    return Object.fromEntries(
      inputs.map(({ name, width, dims, open }) => {
        const all = rows.inputs[name] as Float32Array | Float64Array;
        const values = Float64Array.from(all.subarray(from * width, to * width));
        return [name, { dims: open ? [to - from, ...dims] : dims, values }];
      }),
    );
  });
  const calibration = { runtime: onnxruntimeNode, rows: batches };
  const { model: quantised, layers } = await quantise(model, { calibration });
  return layers.length === 0 ? undefined : quantised;
}
