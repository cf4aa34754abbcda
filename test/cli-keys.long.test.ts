import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeys } from "@tideline/pipeline";
import type { RootMetadata } from "@tideline/spec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSmallLoop } from "../scripts/compat/small-loop.ts";
import { expectError, lastJson, runCli } from "./cli/run-cli.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-keys-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(args, work);
const json = async (...args: string[]) => {
  const ended = await run(...args, "--json");
  expect(ended.stderr).toBe("");
  return lastJson(ended) as Record<string, unknown>;
};

describe("production keys", () => {
  test("the root's private key never stands in the server's folder", async () => {
    expectError(await run("keys", "create", "--folder", "server"), "ARGUMENT_INVALID", /--root-key/);
    const made = await json("keys", "create", "--folder", "server", "--root-key", "vault");
    expect(made).toMatchObject({ version: 1, development: false, state: "valid" });
    const [rootKey] = made["rootKeys"] as string[];
    expect(readdirSync(join(work, "vault"))).toEqual([`${rootKey}.pem`]);
    expect(readdirSync(join(work, "server/keys"))).not.toContain(`${rootKey}.pem`);
    expectError(
      await run("keys", "create", "--folder", "server", "--root-key", "vault"),
      "FOLDER_INVALID",
      /Rotate them instead/,
    );
  });

  test("the root can be renewed and both keys replaced, with the vault only", async () => {
    expectError(await run("keys", "rotate", "release", "--folder", "server"), "NOT_FOUND", /private key/);
    for (const [version, change] of [["rotate", "release"], ["rotate", "root"], ["renew"]].entries()) {
      const changed = await json("keys", ...change, "--folder", "server", "--root-key", "vault");
      expect(changed).toMatchObject({ version: version + 2, roots: version + 2, development: false });
    }
    expect(await json("keys", "--folder", "server")).toMatchObject({ version: 4, state: "valid" });
    expectError(await run("keys", "rotate", "all", "--folder", "server"), "ARGUMENT_INVALID", /"release"/);
  });

  test("a place in the server's folder is no place for the root's key, whatever it is called", async () => {
    symlinkSync("fresh/keys", join(work, "apart"));
    for (const place of ["fresh", "fresh/keys", "./x/../fresh/keys", "apart"]) {
      const made = await run("keys", "create", "--folder", "fresh", "--root-key", place);
      expectError(made, "ARGUMENT_INVALID", /--root-key.*apart from the server's/);
    }
    expect(existsSync(join(work, "fresh"))).toBe(false);
    const before = await json("keys", "--folder", "server");
    for (const change of [["rotate", "release"], ["rotate", "root"], ["renew"]]) {
      const changed = await run("keys", ...change, "--folder", "server", "--root-key", "server/keys");
      expectError(changed, "ARGUMENT_INVALID", /--root-key.*lies in/);
    }
    expect(await json("keys", "--folder", "server")).toEqual(before);
  });

  test("what is pinned is the newest root", async () => {
    await run("keys", "pin", "--folder", "server", "--out", "root.json");
    const pinned = JSON.parse(readFileSync(join(work, "root.json"), "utf8")) as RootMetadata;
    expect(pinned).toEqual((await openKeys(join(work, "server/keys"), { now: Date.now() })).root);
  });
});

describe("keys of a folder with a release", () => {
  beforeAll(async () => {
    await runSmallLoop(join(work, "loop"), Date.now());
  });

  test("a pinned root is held against the folder's, also after rotations", async () => {
    await run("keys", "pin", "--folder", "loop", "--out", "pinned.json");
    const before = await json("releases", "--folder", "loop");
    const rotated = await json("keys", "rotate", "release", "--folder", "loop");
    expect(rotated["renewed"]).toHaveLength(1);
    const after = await json("releases", "--folder", "loop");
    const versions = (listed: Record<string, unknown>) => (listed["releases"] as unknown[]).length;
    expect(versions(after)).toBe(versions(before) + 1);

    const verified = await json("verify", "--folder", "loop", "--root", "pinned.json");
    expect(verified).toMatchObject({ ok: true });
    writeFileSync(
      join(work, "other.json"),
      JSON.stringify({ ...JSON.parse(readFileSync(join(work, "pinned.json"), "utf8")), version: 9 }),
    );
    expectError(
      await run("verify", "--folder", "loop", "--root", "other.json"),
      "RELEASE_SIGNATURE_INVALID",
      /the root of .*other\.json/,
    );
  });

  test("a folder whose keys were exchanged fails the pinned root, though it agrees with itself", async () => {
    renameSync(join(work, "loop/keys"), join(work, "loop/lost"));
    await openKeys(join(work, "loop/keys"), { now: Date.now() });
    const ended = await run("verify", "--folder", "loop", "--root", "pinned.json");
    expect(ended.status).toBe(77);
    expect(ended.stdout).toMatch(/FAILED {2}roots/);
  });
});
