import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTidelineError } from "@tideline/spec";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLayout } from "./folder.ts";
import { folderFormatText, parseFolderFormat } from "./folder-format.ts";
import { ownFolder } from "./owner.ts";
import { checkRegionTarget, folderRegion, REGION_FILE } from "./region.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tideline-region-"));
});
afterEach(() => rm(root, { recursive: true }));

const refused = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => {
      if (isTidelineError(error, "RESIDENCY_MISMATCH")) return true;
      throw error;
    },
  );

/** Owns a folder for a moment and tells its region. */
async function regionOf(folder: string, region?: string | null): Promise<string | null> {
  const owner = await ownFolder(folder, { command: "test", ...(region !== undefined && { region }) });
  owner.release();
  return owner.region;
}

describe("a folder", () => {
  test("keeps the region that it was made under, also where nobody asks for one", async () => {
    const folder = join(root, "eu");
    expect(await regionOf(folder, "eu")).toBe("eu");
    expect(await regionOf(folder)).toBe("eu");
    expect(await regionOf(folder, null)).toBe("eu");
    expect(await readFile(join(folder, "format"), "utf8")).toBe("tideline 1\nregion eu\n");
  });

  test("opens under no other region, and nothing of it has changed", async () => {
    const folder = join(root, "eu");
    await regionOf(folder, "eu");
    const before = await readdir(folder);
    expect(await refused(ownFolder(folder, { command: "test", region: "us" }))).toBe(true);
    expect(await readdir(folder)).toEqual(before);
    expect(await regionOf(folder, "eu")).toBe("eu");
  });

  test("that was made without a region is of none, and takes none later", async () => {
    const folder = join(root, "plain");
    expect(await regionOf(folder)).toBeNull();
    expect(await refused(ownFolder(folder, { command: "test", region: "eu" }))).toBe(true);
    // What its error tells the operator to do where all of it belongs there.
    await writeFile(join(folder, "format"), "tideline 1\nregion eu\n");
    expect(await regionOf(folder, "eu")).toBe("eu");
  });

  test("has one region, however many make it at once", async () => {
    const folder = join(root, "race");
    await mkdir(folder);
    const regions = ["eu", "us", null, "eu", "us", null] as const;
    await Promise.all(regions.map((region) => createLayout(folder, region)));
    const made = await folderRegion(folder);
    await createLayout(folder, "elsewhere");
    expect(await folderRegion(folder)).toBe(made);
    expect(regions).toContain(made);
    expect((await readdir(folder)).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  test("is not made within a place of another region", async () => {
    await regionOf(join(root, "us"), "us");
    await mkdir(join(root, "disk"));
    await writeFile(join(root, "disk", REGION_FILE), "us\n");
    for (const place of ["us/below", "disk/a/b"]) {
      const folder = join(root, ...place.split("/"));
      expect(await refused(ownFolder(folder, { command: "test", region: "eu" })), place).toBe(true);
      expect(await regionOf(folder, "us"), place).toBe("us");
    }
  });
});

test("its file says no more and no less than it is asked to", () => {
  for (const region of [null, "eu", "us-east-1"]) {
    expect(parseFolderFormat(folderFormatText(region))).toEqual({ version: 1, region });
  }
  expect(parseFolderFormat("tideline 2\nregion eu\nmore\n")).toEqual({ version: 2, region: null });
  for (const text of [
    "",
    "tideline",
    "tideline 1\nregion \n",
    "tideline 1\nregion EU\n",
    "tideline 1\nmore\n",
  ])
    expect(parseFolderFormat(text), text).toBeUndefined();
});

describe("a copy", () => {
  const allows = async (path: string, region: string | null): Promise<boolean> =>
    !(await refused(checkRegionTarget(join(root, path), region, "test")));

  test("goes where its region is, or none is, and nowhere else", async () => {
    await regionOf(join(root, "us"), "us");
    await regionOf(join(root, "eu"), "eu");
    await regionOf(join(root, "plain"));
    expect(await allows("us/x/anna.ndjson", "eu")).toBe(false);
    expect(await allows("us", "eu")).toBe(false);
    expect(await allows("eu/anna.ndjson", "eu")).toBe(true);
    expect(await allows("plain/anna.ndjson", "eu")).toBe(true);
    expect(await allows("laptop/anna.ndjson", "eu")).toBe(true);
    expect(await allows("us/anna.ndjson", null)).toBe(true);
  });

  test("follows links, and takes a mark that nobody can read for another region", async () => {
    await regionOf(join(root, "us"), "us");
    await symlink(join(root, "us"), join(root, "harmless"));
    expect(await allows("harmless/anna.ndjson", "eu")).toBe(false);
    await writeFile(join(root, REGION_FILE), "e u");
    expect(await allows("anna.ndjson", "eu")).toBe(false);
  });
});
