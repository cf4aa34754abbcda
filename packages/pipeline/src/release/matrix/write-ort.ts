import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "@tideline/spec";
import type { ArtifactReason } from "./model-artifact.ts";

/**
 * A graph in ONNX Runtime's own format (`.ort`), which loads without protobuf and is all that its reduced builds for phones
 * read. Only what holds on every processor is rewritten (level `basic`). ONNX Runtime writes it itself, its domains in
 * an order that changes from one time to the next: unlike all other kinds, the bytes are not the same each time.
 */
export async function writeOrt(
  bytes: Uint8Array,
): Promise<{ readonly bytes: Uint8Array } | { readonly reasons: readonly ArtifactReason[] }> {
  const { InferenceSession } = await import("onnxruntime-node");
  const folder = await mkdtemp(join(tmpdir(), "tideline-ort-"));
  const file = join(folder, "model.ort");
  try {
    const session = await InferenceSession.create(bytes, {
      optimizedModelFilePath: file,
      graphOptimizationLevel: "basic",
      extra: { "session.save_model_format": "ORT" },
      executionMode: "sequential",
      interOpNumThreads: 1,
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    await session.release();
    return { bytes: new Uint8Array(await readFile(file)) };
  } catch (error) {
    return {
      reasons: [{ node: "", op: "", reason: `ONNX Runtime does not load the graph: ${messageOf(error)}` }],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
