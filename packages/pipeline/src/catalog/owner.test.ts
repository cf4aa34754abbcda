import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { ownFolder, readOwner } from "./owner.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const PROGRAM = join(import.meta.dirname, "testing/hold-folder.ts");

/** Starts a process that takes the folder, and waits for the first line that it says. */
async function hold(folder: string): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, [PROGRAM, folder], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
  return { child, line };
}

test("a second process is told who owns the folder, and gets it when the owner is killed", async () => {
  const folder = temporaryFolder(onTestFinished);
  const { child, line } = await hold(folder);
  expect(line).toBe("epoch 1");
  const refused = await hold(folder);
  expect(refused.line).toContain("[FOLDER_OWNED]");
  expect(refused.line).toContain(`process ${child.pid} (tideline hold) at http://127.0.0.1:4600`);
  await expect(readOwner(folder)).resolves.toMatchObject({ pid: child.pid, epoch: 1, token: "secret" });
  expect(statSync(join(folder, "owner.json")).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);

  child.kill("SIGKILL");
  await once(child, "exit");
  await expect(readOwner(folder)).resolves.toBeNull();
  const next = await ownFolder(folder, { command: "test" });
  expect(next.epoch).toBe(2);
  expect(() => next.assertEpoch()).not.toThrow();
  next.release();
  await expect(readOwner(folder)).resolves.toBeNull();
});

test("of several that start at once on a new folder exactly one owns it", async () => {
  const folder = temporaryFolder(onTestFinished);
  for (let round = 1; round <= 2; round += 1) {
    const started = await Promise.all(Array.from({ length: 4 }, () => hold(folder)));
    const lines = started.map(({ line }) => line);
    expect(lines.filter((line) => line === `epoch ${round}`)).toHaveLength(1);
    expect(lines.filter((line) => line.includes("[FOLDER_OWNED]"))).toHaveLength(3);
    const owner = started.find(({ line }) => line.startsWith("epoch"))!.child;
    owner.kill("SIGKILL");
    await once(owner, "exit");
  }
});

test("an owner whose lock file was replaced is fenced", async () => {
  const folder = temporaryFolder(onTestFinished);
  const owner = await ownFolder(folder, { command: "test" });
  rmSync(join(folder, "owner.db"));
  expect(() => owner.assertEpoch()).toThrow("[FENCED]");
  const usurper = await ownFolder(folder, { command: "usurper" });
  expect(() => owner.assertEpoch()).toThrow("[FENCED]");
  expect(() => usurper.assertEpoch()).not.toThrow();
  owner.release();
  await expect(readOwner(folder)).resolves.toMatchObject({ command: "usurper" });
  usurper.release();
  expect(() => usurper.assertEpoch()).toThrow("[FENCED]");
});

test("what a dead process left in the temporary folder is removed", async () => {
  const folder = temporaryFolder(onTestFinished);
  (await ownFolder(folder, { command: "test" })).release();
  writeFileSync(join(folder, "temporary", "half.parquet"), "half");
  (await ownFolder(folder, { command: "test" })).release();
  expect(statSync(join(folder, "temporary", "half.parquet"), { throwIfNoEntry: false })).toBeUndefined();
});

test("a folder that is not ours is refused and left as it was", async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder);
  writeFileSync(join(folder, "thesis.tex"), "words");
  await expect(ownFolder(folder, { command: "test" })).rejects.toThrow(/thesis\.tex.*\[FOLDER_INVALID\]/);
  await expect(readOwner(folder)).rejects.toThrow("[FOLDER_INVALID]");
  expect(statSync(join(folder, "owner.db"), { throwIfNoEntry: false })).toBeUndefined();
  const file = join(folder, "thesis.tex");
  await expect(ownFolder(file, { command: "test" })).rejects.toThrow(/a file.*\[FOLDER_INVALID\]/);
  expect(readFileSync(file, "utf8")).toBe("words");
});

test.each([
  ["tideline 2\n", "A newer Tideline wrote it"],
  ["something", "something"],
])("a folder of format %j is refused", async (format, message) => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder);
  writeFileSync(join(folder, "format"), format);
  await expect(ownFolder(folder, { command: "test" })).rejects.toThrow(message);
});
