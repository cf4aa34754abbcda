import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs a function when the test ends: vitest's `onTestFinished`. */
export type OnFinished = (cleanUp: () => void | Promise<void>) => void;

/** A path inside a new folder that is removed when the test ends; nothing stands at the path yet. */
export function temporaryFolder(onFinished: OnFinished): string {
  const parent = mkdtempSync(join(tmpdir(), "tideline-"));
  onFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, "folder");
}
