/**
 * Runs a model whose input is texts, which the port of graph runtimes does not carry: probabilities [texts, classes] of
 * onnxruntime-node, texts in one batch.
 */
export async function runTexts(bytes: Uint8Array, texts: readonly string[]): Promise<Float32Array> {
  const ort = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const { probabilities } = await session.run({
      text: new ort.Tensor("string", [...texts], [texts.length]),
    });
    return probabilities!.data as Float32Array;
  } finally {
    await session.release();
  }
}
