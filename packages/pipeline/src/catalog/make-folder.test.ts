import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder } from "./durable-write.ts";
import { ownFolder } from "./owner.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

test("a folder is made with those above it, for its owner's eyes, as often as it is asked for", async () => {
  const root = temporaryFolder(onTestFinished);
  const path = join(root, "one", "two", "three");
  await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(path, "four"))]);
  await makeFolder(path);
  for (const made of [root, path, join(path, "four")]) expect(statSync(made).mode & 0o777).toBe(0o700);
  await makeFolder(join(root, "open", "wide"), { mode: 0o755 });
  expect(statSync(join(root, "open")).mode & 0o777).toBe(0o755);
});

test("a folder without a name is refused: what it holds would stand in the working directory", async () => {
  await expect(ownFolder("", { command: "test" })).rejects.toThrow(/path of a folder.*FOLDER_INVALID/su);
});

test("where no folder can be is an error that says why, and no wait without an end", async () => {
  const root = temporaryFolder(onTestFinished);
  mkdirSync(root);
  writeFileSync(join(root, "file"), "");
  const refused = (path: string, why: RegExp) => expect(makeFolder(path)).rejects.toThrow(why);
  await refused(join(root, "file"), /a file \(EEXIST\).*FOLDER_INVALID/su);
  await refused(join(root, "file", "below", "it"), /a path through a file \(ENOTDIR\).*FOLDER_INVALID/su);
  await refused(join(root, "n".repeat(300)), /too long.*FOLDER_INVALID/su);
  if (process.platform === "linux")
    for (const path of ["/proc/x", "/proc/x/y"])
      await refused(path, /takes no folders \(ENOENT\).*FOLDER_INVALID/su);
});
