import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownFolder } from "@tideline/pipeline";
import { expect, onTestFinished, test } from "vitest";
import { freshFolder, keepFolder } from "./fresh-folder.ts";

/** A folder that is gone after the test. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tideline-fresh-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("a folder that is not there or empty is taken, and one that a start made is made anew", async () => {
  const folder = await newFolder();
  for (const place of [folder, join(folder, "phones", "below")]) {
    const { data, phones } = await freshFolder(place);
    expect(data.startsWith(place)).toBe(true);
    await expect(readdir(phones)).resolves.toEqual([]);
  }
  await freshFolder(folder);
  expect((await readdir(folder)).sort()).toEqual(["made-by-start", "phones"]);
});

test("a folder that was kept is made anew no more", async () => {
  const folder = await newFolder();
  await freshFolder(folder);
  await keepFolder(folder);
  await expect(freshFolder(folder)).rejects.toMatchObject({ code: "FOLDER_INVALID" });
  await expect(readdir(folder)).resolves.toEqual(["phones"]);
  await expect(keepFolder(folder)).resolves.toBeUndefined();
});

test("a file in place of a folder is told as such, and stays", async () => {
  const file = join(await newFolder(), "notes.md");
  await writeFile(file, "dear");
  const wanted = { code: "FOLDER_INVALID", parts: { received: "a file" } };
  await expect(freshFolder(file)).rejects.toMatchObject(wanted);
  await expect(readFile(file, "utf8")).resolves.toBe("dear");
});

test("a folder of somebody else keeps its content", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "diary.txt"), "dear");
  await expect(freshFolder(folder)).rejects.toMatchObject({ code: "FOLDER_INVALID" });
  await expect(readdir(folder)).resolves.toEqual(["diary.txt"]);
});

test("a folder that a process owns keeps its content, also when nobody can read who that is", async () => {
  const folder = await newFolder();
  const { data } = await freshFolder(folder);
  const owner = await ownFolder(data, { command: "tideline start" });
  onTestFinished(owner.release);
  await expect(freshFolder(folder)).rejects.toMatchObject({ code: "FOLDER_OWNED" });
  await writeFile(owner.layout.owner, "{ half");
  await expect(freshFolder(folder)).rejects.toMatchObject({ code: "FOLDER_INVALID" });
  expect(await readdir(data)).toContain("format");
});

test("what a killed start left half made is made anew", async () => {
  const folder = await newFolder();
  const { data } = await freshFolder(folder);
  await mkdir(join(data, "lake"), { recursive: true });
  await freshFolder(folder);
  await expect(readdir(folder)).resolves.not.toContain("server");
});

test("a folder that cannot be made is refused with the cause", async () => {
  const file = join(await newFolder(), "file");
  await writeFile(file, "");
  const refusal = { code: "FOLDER_INVALID", message: expect.stringContaining("ENOTDIR") };
  await expect(freshFolder(join(file, "below"))).rejects.toMatchObject(refusal);
});
