import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { readLogs, readSnapshot, verifySnapshot, writerEnds } from "@tideline/pipeline";
import { afterAll, expect, test } from "vitest";
import { describeLogs, describeSnapshot } from "../scripts/compat/describe.ts";
import type { LogPosition } from "../packages/pipeline/src/log-record.ts";

/** A folder with two writers, gaps, rates and aliases, as it was written when these were new. */
const VECTORS = join(import.meta.dirname, "..", "vectors", "compat", "v1-writers");
const folder = join(VECTORS, "folder");
const work = mkdtempSync(join(tmpdir(), "tideline-compat-"));
afterAll(() => rmSync(work, { recursive: true }));

const jsonAt = (name: string): unknown => JSON.parse(readFileSync(join(VECTORS, name), "utf8"));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const expected = jsonAt("expected.json") as {
  readonly snapshot: string;
  readonly logs: readonly unknown[];
  readonly lake: { readonly counts: { readonly events: number; readonly duplicates_dropped: number } };
  readonly positions: { readonly log: LogPosition; readonly logs: Readonly<Record<string, LogPosition>> };
};

test("no file has changed or gone", () => {
  const hashes = jsonAt("files.json") as Record<string, string>;
  const present = readdirSync(VECTORS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(VECTORS, join(entry.parentPath, entry.name)))
    .filter((file) => file !== "files.json");
  expect(present.sort()).toEqual(Object.keys(hashes).sort());
  for (const [file, hash] of Object.entries(hashes)) {
    const bytes = readFileSync(join(VECTORS, file));
    expect(createHash("sha256").update(bytes).digest("hex"), file).toBe(hash);
  }
});

test("the logs of both writers", async () => {
  expect(plain(await describeLogs(folder, expected.positions))).toEqual(expected.logs);
  expect(expected.logs).toHaveLength(7);
});

test("the snapshot: where each log was left, its files and every row", async () => {
  const snapshot = await readSnapshot(folder, expected.snapshot);
  expect((await verifySnapshot(snapshot)).files).toBeGreaterThan(5);
  expect(plain(await describeSnapshot(folder, expected.snapshot, work))).toEqual(expected.lake);
  expect(expected.lake.counts).toMatchObject({ events: 11, duplicates_dropped: 3 });
  const { log, logs } = snapshot.manifest;
  expect({ log, logs }).toEqual(expected.positions);
  const rest = readLogs(folder, snapshot.manifest, { log, logs: await writerEnds(folder) });
  expect((await rest.next()).done).toBe(true);
});
