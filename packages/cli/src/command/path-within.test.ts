import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { pathWithin } from "./path-within.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-within-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const at = (path: string): string => join(work, path);

mkdirSync(at("server/keys"), { recursive: true });
mkdirSync(at("apart"));
symlinkSync(at("server/keys"), at("link"));
symlinkSync(at("fresh/keys"), at("dangling"));
symlinkSync("dangling", at("chain"));
symlinkSync(at("server"), at("apart/alias"));
symlinkSync(at("circle"), at("circle"));

test.each([
  ["server", "server", true],
  ["server/keys", "server", true],
  ["server/not/yet", "server", true],
  ["server/../server/x", "server", true],
  ["link", "server", true],
  ["link/below", "server", true],
  ["apart/alias/x", "server", true],
  ["server/keys", "apart/alias", true],
  ["fresh/keys", "fresh", true],
  ["dangling", "fresh", true],
  ["chain/x", "fresh", true],
  ["circle", "server", false],
  ["apart", "server", false],
  ["server-keys", "server", false],
  ["server", "server/keys", false],
  ["fresh-2", "fresh", false],
])("%s within %s: %s", async (path, folder, expected) => {
  expect(await pathWithin(at(path), at(folder))).toBe(expected);
});
