import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownFolder } from "../catalog/index.ts";
import { assertOwner } from "./assert-owner.ts";

test("only the epoch of the living owner may go on", async () => {
  const root = mkdtempSync(join(tmpdir(), "tideline-owner-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const first = await ownFolder(root, { command: "first" });
  expect(() => assertOwner(first.layout, first.epoch)).not.toThrow();
  expect(() => assertOwner(first.layout, null)).toThrow("FENCED");
  first.release();
  const second = await ownFolder(root, { command: "second" });
  onTestFinished(() => second.release());
  expect(() => assertOwner(first.layout, first.epoch)).toThrow("FENCED");
  expect(() => assertOwner(second.layout, second.epoch)).not.toThrow();
});
