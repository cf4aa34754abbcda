import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeOnnx, type OnnxModel } from "@tideline/graph";
import { canonicalOrt } from "@tideline/graph/ort";
import { messageOf } from "@tideline/spec";
import type { InferenceSession } from "onnxruntime-node";
import type { ArtifactReason } from "./model-artifact.ts";

const refused = (reason: string): { readonly reasons: readonly ArtifactReason[] } => ({
  reasons: [{ node: "", op: "", reason }],
});

/** Why a file is not read: its format has no numbers of four bits, and the writer does not say so. */
async function refusalOf(Session: typeof InferenceSession, written: Uint8Array): Promise<string | undefined> {
  try {
    const session = await Session.create(written.slice(), { logSeverityLevel: 4 });
    await session.release();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Types of numbers that files hold to be small. */
const NARROW: ReadonlySet<string> = new Set(["float16", "int4", "int8", "uint4", "uint8"]);

/**
 * A graph in ONNX Runtime's own format (`.ort`), which loads without protobuf and is all that its reduced builds for phones
 * read. Only what holds on every processor is rewritten (level `basic`), and constants are not folded where some are of few bits, which
 * would make them float32. ONNX Runtime writes it itself, and `canonicalOrt`
 * in one order, so that the same graph gives the same bytes.
 *
 * @returns bytes, with why they are `asWritten` by ONNX Runtime where they hold what is not known; or why there are none
 */
export async function writeOrt(
  model: OnnxModel,
): Promise<
  | { readonly bytes: Uint8Array; readonly asWritten?: string }
  | { readonly reasons: readonly ArtifactReason[] }
> {
  const { InferenceSession } = await import("onnxruntime-node");
  const folder = await mkdtemp(join(tmpdir(), "tideline-ort-"));
  const file = join(folder, "model.ort");
  try {
    const isNarrow = model.graph.initializers.some(({ elementType }) => NARROW.has(elementType));
    const session = await InferenceSession.create(writeOnnx(model), {
      optimizedModelFilePath: file,
      graphOptimizationLevel: "basic",
      extra: {
        "session.save_model_format": "ORT",
        ...(isNarrow && { "optimization.disable_specified_optimizers": "ConstantFolding" }),
      },
      executionMode: "sequential",
      interOpNumThreads: 1,
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    await session.release();
    const written = new Uint8Array(await readFile(file));
    const unread = await refusalOf(InferenceSession, written);
    if (unread !== undefined)
      return refused(`ONNX Runtime does not read what it writes of the graph: ${unread}`);
    const canonical = canonicalOrt(written);
    return canonical.ok ? { bytes: canonical.bytes } : { bytes: written, asWritten: canonical.reason };
  } catch (error) {
    return refused(`ONNX Runtime does not load the graph: ${messageOf(error)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
