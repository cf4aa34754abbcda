/**
 * What every session of ONNX Runtime must be told so that it computes weights of four bits as the graph says. Without it
 * ONNX Runtime joins a DequantizeLinear of int4 and its product to one kernel (MatMulNBits) that rounds the layer's input
 * to 8 bits too; level 1 keeps that input in float32. A fresh object each time: onnxruntime-web writes its own defaults into it.
 *
 * Source: `kOrtSessionOptionsQDQMatMulNBitsAccuracyLevel` of onnxruntime_session_options_config_keys.h.
 *
 * @returns `extra` of a session's options
 *
 * @example
 * const session = await ort.InferenceSession.create(bytes, { extra: exactOrtSession() });
 */
export function exactOrtSession(): Record<string, unknown> {
  return { session: { qdq_matmulnbits_accuracy_level: "1" } };
}
