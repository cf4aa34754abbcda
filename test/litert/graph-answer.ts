import { writeOnnx, type OnnxModel, type RuntimeTensor } from "@tideline/graph";
import { onnxruntimeNode, openLitert } from "@tideline/pipeline";

/** The first output of a LiteRT file here, and of its graph in ONNX Runtime, for the same input. */
export async function graphAnswers(
  model: OnnxModel,
  bytes: Uint8Array,
  input: RuntimeTensor,
): Promise<{ readonly file: Float32Array; readonly graph: Float32Array }> {
  const name = model.graph.inputs[0]!.name;
  const output = model.graph.outputs[0]!.name;
  const opened = [await openLitert(bytes), await onnxruntimeNode.load(writeOnnx(model))] as const;
  const [file, graph] = await Promise.all(
    opened.map(async (one) => (await one.run({ [name]: input }, [output]))[output]!.values as Float32Array),
  );
  for (const one of opened) await one.release();
  return { file: file!, graph: graph! };
}

/** The place of the largest of each row's numbers. */
export const decisions = (values: Float32Array, classes: number): Int32Array =>
  Int32Array.from({ length: values.length / classes }, (_, row) => {
    const own = values.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own));
  });

/** The share of places at which two lists say the same. */
export const agreement = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).filter((value, at) => value === b[at]).length / a.length;
