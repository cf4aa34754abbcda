import { readFile, rename, writeFile } from "node:fs/promises";
import type { CheckpointStore } from "../checkpoint-store.ts";

/** A checkpoint in a file that is replaced whole. */
export function fileStore(file: string): CheckpointStore {
  return {
    read: () =>
      readFile(file).then(
        (bytes) => new Uint8Array(bytes),
        () => undefined,
      ),
    async write(bytes) {
      await writeFile(`${file}.next`, bytes);
      await rename(`${file}.next`, file);
    },
  };
}
