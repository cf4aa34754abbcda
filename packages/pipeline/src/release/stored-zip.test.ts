import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { storedZip } from "./stored-zip.ts";

const files = [
  { path: "a.mlpackage/Manifest.json", bytes: new TextEncoder().encode("{}") },
  {
    path: "a.mlpackage/Data/com.apple.CoreML/weights/weight.bin",
    bytes: Uint8Array.from({ length: 70_000 }, (_, at) => at % 251),
  },
  { path: "a.mlpackage/empty", bytes: new Uint8Array() },
];

test("the same files give the same bytes, in whatever order", () => {
  expect(storedZip(files.toReversed())).toEqual(storedZip(files));
});

const hasUnzip = (): boolean => {
  try {
    execFileSync("unzip", ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

test.skipIf(!hasUnzip())("unzip finds every file whole", () => {
  const folder = mkdtempSync(join(tmpdir(), "tideline-zip-"));
  try {
    writeFileSync(join(folder, "a.zip"), storedZip(files));
    execFileSync("unzip", ["-q", "a.zip"], { cwd: folder });
    for (const { path, bytes } of files)
      expect(new Uint8Array(readFileSync(join(folder, path)))).toEqual(bytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
