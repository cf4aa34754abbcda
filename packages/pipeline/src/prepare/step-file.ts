import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { tidelineError } from "@tideline/spec";
import { writeDurably } from "../catalog/index.ts";

/** A file that a step left. */
export interface StepFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** SHA-256 of a file's bytes, read as a stream. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** A file of the folder as it stands. */
export async function describeFile(root: string, path: string): Promise<StepFile> {
  const { size } = await stat(join(root, path));
  return Object.freeze({ path, sha256: await hashFile(join(root, path)), bytes: size });
}

/** Writes small bytes as a file of the folder, whole or not at all. */
export async function writeStepFile(
  root: string,
  path: string,
  bytes: Uint8Array | string,
): Promise<StepFile> {
  await writeDurably(join(root, path), bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return Object.freeze({ path, sha256, bytes: Buffer.byteLength(bytes) });
}

/** Whether a file is there with its very bytes. */
export async function fileHolds(root: string, { path, sha256, bytes }: StepFile): Promise<boolean> {
  try {
    if ((await stat(join(root, path))).size !== bytes) return false;
    return (await hashFile(join(root, path))) === sha256;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** The bytes of a small file of a step. @throws ARTIFACT_CORRUPT where they are others than it left. */
export async function readStepFile(root: string, { path, sha256 }: StepFile): Promise<Buffer> {
  const bytes = await readFile(join(root, path));
  if (createHash("sha256").update(bytes).digest("hex") === sha256) return bytes;
  throw tidelineError("ARTIFACT_CORRUPT", {
    who: "prepare",
    field: path,
    expected: `bytes of the hash ${sha256}`,
    received: "others",
    remedy: "Something else writes into the folder; run again.",
  });
}
