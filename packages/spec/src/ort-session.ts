/**
 * What every session of ONNX Runtime must be told so that it computes weights of four or eight bits as the graph says. Without it
 * ONNX Runtime joins a DequantizeLinear of constants and the MatMul that reads it to one kernel (MatMulNBits) that rounds the other
 * factor to 8 bits too; level 1 keeps that in float32. In a net whose layers are int8 it is the spectrum's waves that are read so: on
 * windows of UCI HAR probabilities move by up to 0.13, while with level 1 they are the graph's own to 2e-5. A fresh object each time:
 * onnxruntime-web writes its own defaults into it.
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
