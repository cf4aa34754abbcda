import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followErased, readErasedFile, readLog, releasePorts, verifyReceipt } from "@tideline/pipeline";
import { fromBase64, verifyRoots, type Envelope, type RootMetadata } from "@tideline/spec";
import { afterAll, expect, test } from "vitest";
import { keptRecord } from "../packages/pipeline/src/lake/kept-record.ts";
import { lastJson, runCli } from "./cli/run-cli.ts";

const VECTORS = join(import.meta.dirname, "..", "vectors", "compat", "v1-subject");
const work = mkdtempSync(join(tmpdir(), "tideline-compat-subject-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const readJson = (name: string): unknown => JSON.parse(readFileSync(join(VECTORS, name), "utf8"));

test("the ledger still refuses whom it refused", () => {
  const file = readErasedFile(VECTORS)!;
  expect(file).toMatchObject({ format: 1, generation: 1_795_369_074_398 });
  const people = followErased(VECTORS)();
  expect(people.hasInstall("canaryperson")).toBe(true);
  expect(people.hasInstall("a1")).toBe(false);
});

test("the receipt still verifies, and a changed one does not", async () => {
  const { chain } = readJson("root.json") as { chain: readonly Envelope[] };
  const first = JSON.parse(Buffer.from(fromBase64(chain[0]!.payload)).toString("utf8")) as RootMetadata;
  const root = await verifyRoots({ ...first, version: first.version - 1 }, chain, releasePorts);
  const envelope = readJson("receipt.json") as Envelope;
  const { payloadType } = envelope;
  expect(payloadType).toBe("application/vnd.tideline.receipt+json");
  await expect(verifyReceipt(envelope, [root], releasePorts)).resolves.toMatchObject({
    type: "receipt",
    format: 1,
    kind: "erase",
    app: "pose",
    request: "0123456789abcdef0123456789abcdef",
    removed: { log: { segments: 2, events: 10, quarantined: 1 }, tables: { motion: { rows: 6 } } },
    models: { policy: "keep", trained: [{ model: "pose", learned: "yes" }] },
  });
  const told = Buffer.from(envelope.payload, "base64").toString("utf8");
  const payload = Buffer.from(told.replace('"events":10', '"events":11')).toString("base64");
  await expect(verifyReceipt({ ...envelope, payload }, [root], releasePorts)).rejects.toThrow(
    "RELEASE_SIGNATURE_INVALID",
  );
  await expect(verifyReceipt(envelope, [], releasePorts)).rejects.toThrow("RELEASE_SIGNATURE_INVALID");
});

test("records that an erasure emptied keep their places and come to nothing", async () => {
  const folder = join(work, "emptied");
  cpSync(join(VECTORS, "log"), join(folder, "log"), { recursive: true });
  const people = followErased(folder)();
  const offsets: number[] = [];
  for await (const { record, position } of readLog(folder, null)) {
    expect(record).toMatchObject({ install: "", events: [], quarantined: [] });
    expect(keptRecord(record, people)).toBeNull();
    offsets.push(position.offset);
  }
  expect(offsets).toHaveLength(2);
  expect(offsets.at(-1)).toBe(readFileSync(join(folder, "log", "00000001-00000001.log")).length);
});

test("a folder from before there were requests has none", async () => {
  const folder = join(work, "older");
  cpSync(join(VECTORS, "..", "v1", "folder"), folder, { recursive: true });
  const done = await runCli(["subject", "requests", "--folder", folder, "--json"], work);
  expect(done.stderr).toBe("");
  expect(lastJson(done)).toMatchObject({ live: false, requests: [] });
});
