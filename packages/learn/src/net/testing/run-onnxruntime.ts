import { writeOnnx, type Feed, type OnnxModel } from "@tideline/graph";
import * as ort from "onnxruntime-node";

/** What onnxruntime answers, on one thread. */
export async function runOnnxruntime(
  model: OnnxModel,
  feeds: Readonly<Record<string, Feed>>,
): Promise<Readonly<Record<string, { readonly dims: readonly number[]; readonly values: Float32Array }>>> {
  const session = await ort.InferenceSession.create(writeOnnx(model), { intraOpNumThreads: 1 });
  const tensors = model.graph.inputs.map(({ name, elementType }) => {
    const { dims, values } = feeds[name]!;
    const tensor =
      elementType === "int64"
        ? new ort.Tensor("int64", BigInt64Array.from(Array.from(values), BigInt), [...dims])
        : new ort.Tensor("float32", Float32Array.from(values), [...dims]);
    return [name, tensor] as const;
  });
  const results = await session.run(Object.fromEntries(tensors));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims, data }]) => [name, { dims, values: data as Float32Array }]),
  );
}
