import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pruneSteps } from "./prune.ts";

const [NEWEST, OLDER, LOST] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];

test("only what runs wrote is removed: no link is followed, no other file touched", async () => {
  const root = await mkdtemp(join(tmpdir(), "tideline-prune-"));
  try {
    const [own, steps, elsewhere] = [
      join(root, "prepared", "visits"),
      join(root, "prepare", "step"),
      join(root, "elsewhere"),
    ];
    for (const folder of [
      join(own, NEWEST),
      join(own, OLDER),
      join(own, "notes"),
      join(steps, "notes"),
      elsewhere,
    ])
      await mkdir(folder, { recursive: true });
    const write = (path: string, text: string) => writeFile(path, text);
    await write(join(own, "latest.json"), JSON.stringify({ key: NEWEST }));
    await write(join(own, NEWEST, "log.jsonl"), `${JSON.stringify({ key: NEWEST })}\n`);
    await write(join(own, OLDER, "log.jsonl"), "");
    await write(join(own, ".DS_Store"), "");
    await write(join(root, "prepared", ".DS_Store"), "");
    await write(join(steps, `${NEWEST}.keep`), "12");
    await write(join(steps, `${LOST}.keep`), "123");
    await write(join(steps, "notes.txt"), "mine");
    await write(join(elsewhere, "photo.jpg"), "mine");
    await symlink(elsewhere, join(root, "prepared", "linked"));
    await symlink(elsewhere, join(own, LOST));
    // Its outcome was removed by hand.
    await mkdir(join(root, "prepared", "gone"));
    await write(join(root, "prepared", "gone", "latest.json"), JSON.stringify({ key: LOST }));
    expect(await pruneSteps(root)).toEqual({ outcomes: 1, files: 2, bytes: 3 });
    expect(await readdir(elsewhere)).toEqual(["photo.jpg"]);
    expect((await readdir(own)).sort()).toEqual([".DS_Store", NEWEST, LOST, "latest.json", "notes"].sort());
    expect((await readdir(steps)).sort()).toEqual([`${NEWEST}.keep`, "notes", "notes.txt"].sort());
    await write(join(own, "latest.json"), "{");
    await expect(pruneSteps(root)).rejects.toMatchObject({ code: "DATA_MALFORMED" });
    expect(await readdir(join(own, NEWEST))).toEqual(["log.jsonl"]);
  } finally {
    await rm(root, { recursive: true });
  }
});
