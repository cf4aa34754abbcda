import type { CompressionEntry, CompressionReport, Sensitivity } from "@tideline/graph/compress";

/** Forms of a model with a hostile name among them, two as good as alike, on two runtimes. */
export function sampleReport(hostile: string): CompressionReport {
  const layer = (name: string) => ({
    name,
    op: "Gemm",
    precision: "int8" as const,
    weights: 1024,
    bytesBefore: 4096,
    bytes: 1100,
    weightError: 0.004,
  });
  const entry = (
    name: string,
    bytes: number,
    p50: number,
    score: number,
    more: Partial<CompressionEntry> = {},
  ): CompressionEntry => ({
    name,
    format: "onnx",
    runtime: "onnxruntime-node",
    bytes,
    share: bytes / 100_000,
    p50,
    p90: 1.2 * p50,
    time: p50 / 0.1,
    score,
    error: 1 - score,
    slices: { [hostile]: score, "person b": score - 0.02 },
    front: false,
    layers: name === "before" ? [] : [layer("Gemm_1"), layer(hostile)],
    ...more,
  });
  return {
    runtime: "onnxruntime-node",
    runs: 100,
    entries: [
      entry("before", 100_000, 0.1, 0.95, { slices: { [hostile]: 0.95, "person b": 0.95 } }),
      entry("int8", 28_000, 0.06, 0.945, { front: true }),
      entry("as int8", 28_010, 0.0601, 0.945),
      entry(hostile, 18_000, 0.09, 0.9, { front: true }),
      entry("litert int8", 31_000, 0.2, 0.944, { format: "litert", runtime: "litert", layers: [] }),
    ],
    missing: [{ name: "litert float16", reason: hostile }],
  };
}

/** What two layers cost alone. */
export function sampleSensitivities(hostile: string): readonly Sensitivity[] {
  return ["Gemm_1", hostile].flatMap((layer) =>
    (["int8", "float16"] as const).map((precision) => ({
      layer,
      precision,
      score: 0.94,
      error: 1e-5,
      bytes: 1100,
    })),
  );
}
