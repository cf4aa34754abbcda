import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { float32Values, interpret, readOnnx } from "@tideline/graph";
import { matrix } from "@tideline/learn";
import {
  decodeFittedState,
  encodeFittedState,
  listReleases,
  listRuns,
  onnxruntimeNode,
  openCatalog,
  ownFolder,
  releasePorts,
  startIngest,
  verifySnapshot,
  readSnapshot,
  jsonHash,
} from "@tideline/pipeline";
import {
  BATCH_TYPE,
  isTidelineError,
  verifyRelease,
  verifyRoots,
  fromBase64,
  type Acknowledgement,
  type Batch,
  type Envelope,
  type ReleaseContext,
  type ReleaseMetadata,
  type RootMetadata,
  type SelfTestVectors,
} from "@tideline/spec";
import { afterAll, describe, expect, test } from "vitest";
import { describeBatch, describeJournal, describeLog, describeSnapshot } from "../scripts/compat/describe.ts";

const VECTORS = join(import.meta.dirname, "..", "vectors", "compat", "v1");
const work = mkdtempSync(join(tmpdir(), "tideline-compat-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const bytesAt = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(join(VECTORS, ...path)));
const jsonAt = (...path: string[]): unknown => JSON.parse(readFileSync(join(VECTORS, ...path), "utf8"));
const textOf = (bytes: Uint8Array): string => releasePorts.text.decode(bytes);
/** As JSON holds it. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const expected = jsonAt("expected.json") as {
  readonly now: number;
  readonly snapshot: string;
  readonly runs: readonly string[];
  readonly release: ReleaseMetadata;
  readonly fitted: string;
  readonly log: unknown;
  readonly lake: { readonly definition: string; readonly counts: { readonly events: number } };
  readonly journal: { readonly records: readonly unknown[] };
  readonly batch: { readonly header: Batch };
};

test("no file has changed or gone", () => {
  const hashes = jsonAt("files.json") as Record<string, string>;
  const present = readdirSync(VECTORS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(VECTORS, join(entry.parentPath, entry.name)))
    .filter((file) => file !== "README.md" && file !== "files.json");
  expect(present.sort()).toEqual(Object.keys(hashes).sort());
  for (const [file, hash] of Object.entries(hashes)) {
    expect(createHash("sha256").update(bytesAt(file)).digest("hex"), file).toBe(hash);
  }
});

describe("what phones wrote", () => {
  test("the journal", () => {
    expect(describeJournal(bytesAt("journal.log"))).toEqual(expected.journal);
    expect(expected.journal.records.length).toBeGreaterThan(5);
  });

  test("the batch, which today's server still takes whole", async () => {
    const bytes = bytesAt("batch.tlb");
    expect(describeBatch(bytes)).toEqual(expected.batch);
    const folder = join(work, "ingest");
    const appModule = join(work, "app.mjs");
    writeFileSync(appModule, `export const app = ${textOf(bytesAt("app.json"))};`);
    const owner = await ownFolder(folder, { command: "test" });
    const ingest = await startIngest({
      folder,
      epoch: owner.epoch,
      appModule,
      port: 0,
      writeKeys: ["key"],
      pseudonymKey: new Uint8Array(32).fill(7),
      clock: { origin: expected.now, wallOrigin: 0, speed: 0 },
    });
    try {
      const response = await fetch(`${ingest.address}/v1/batch`, {
        method: "POST",
        headers: { authorization: "Bearer key", "content-type": BATCH_TYPE },
        body: bytes.slice(),
      });
      expect(response.status).toBe(200);
      const answer = (await response.json()) as Acknowledgement;
      expect(answer.quarantined).toEqual([]);
      expect(answer.acknowledged).toEqual([[1, expected.batch.header.events.length]]);
    } finally {
      await ingest.close();
      owner.release();
    }
    // What it stores of it today is what it stored then.
    expect(plain((await describeLog(folder))[0])).toMatchObject({
      ...((expected.log as object[])[0] as { record: object }),
      position: expect.anything(),
    });
  });
});

describe("what the server wrote", () => {
  test("the log", async () => {
    expect(plain(await describeLog(join(VECTORS, "folder")))).toEqual(expected.log);
  });

  test("the snapshot: its manifest, its files and every row", async () => {
    const folder = join(VECTORS, "folder");
    const snapshot = await readSnapshot(folder, expected.snapshot);
    expect((await verifySnapshot(snapshot)).files).toBeGreaterThan(10);
    expect(plain(await describeSnapshot(folder, expected.snapshot, work))).toEqual(expected.lake);
    expect(expected.lake.counts.events).toBe(37);
  });

  test("the definition's content address", () => {
    expect(jsonHash(jsonAt("app.json"))).toBe(expected.lake.definition);
  });

  test("the catalog, brought to today's schema", async () => {
    const folder = join(work, "folder");
    cpSync(join(VECTORS, "folder"), folder, { recursive: true });
    const owner = await ownFolder(folder, { command: "test" });
    const catalog = await openCatalog(folder, { epoch: owner.epoch + 1 });
    try {
      expect((await listRuns(catalog)).map(({ id }) => id)).toEqual(expected.runs);
      const [release] = await listReleases(catalog);
      expect(release?.envelope).toEqual(jsonAt("release.json"));
    } finally {
      await catalog.close();
      owner.release();
    }
  });
});

describe("what was released", () => {
  const envelope = jsonAt("release.json") as Envelope;
  const { chain } = jsonAt("folder", "keys", "root.json") as { chain: readonly Envelope[] };
  const root = JSON.parse(textOf(fromBase64(chain[0]!.payload))) as RootMetadata;
  const { sdk, schema, opset } = expected.release.requires;
  const phone: ReleaseContext = {
    root,
    app: "compat",
    channel: "stable",
    now: expected.now + 1000,
    acceptedVersion: 1,
    environment: "development",
    capabilities: { sdk, schema, runtimes: { onnx: opset } },
  };
  const artifact = (sha256: string): Uint8Array => bytesAt("folder", "artifact", sha256);
  const vectors = JSON.parse(textOf(artifact(expected.release.vectors.sha256))) as SelfTestVectors;
  const { window, input, output } = expected.release.model;
  const width = window.size * window.channels.length;
  const windows = {
    dims: [vectors.windows.length, window.size, window.channels.length],
    values: Float32Array.from(vectors.windows.flat()),
  };
  const stored = vectors.probabilities.flat();
  /** Largest difference from the stored probabilities. */
  const difference = (values: ArrayLike<number>): number =>
    Math.max(...stored.map((value, index) => Math.abs(value - values[index]!)));

  test("the root and the release are trusted as then, and not when changed", async () => {
    const before = { ...root, version: 0 };
    expect(await verifyRoots(before, chain, releasePorts)).toEqual(root);
    expect(await verifyRelease(envelope, phone, releasePorts)).toEqual(expected.release);
    const changed = { ...envelope, payload: `${envelope.payload.slice(0, -8)}AAAAAAA=` };
    const refused = await verifyRelease(changed, phone, releasePorts).catch((error: unknown) => error);
    expect(isTidelineError(refused, "RELEASE_SIGNATURE_INVALID")).toBe(true);
  });

  test("the model answers as then, by onnxruntime and by the reference kernels", async () => {
    expect(vectors.windows.every((values) => values.length === width)).toBe(true);
    const bytes = artifact(expected.release.id);
    const graph = await onnxruntimeNode.load(bytes);
    const outputs = await graph.run({ [input]: windows }, [output, "features"]);
    await graph.release();
    // Other machines add in another order: a hundredth of what the phone's self-test lets pass.
    const bound = vectors.tolerance / 100;
    expect(difference(float32Values(outputs, output))).toBeLessThan(bound);
    expect(difference(interpret(readOnnx(bytes), { [input]: windows })[output]!.values)).toBeLessThan(bound);

    const text = textOf(artifact(expected.fitted));
    const { scaler, classifier, names } = decodeFittedState(text);
    const features = matrix(vectors.windows.length, names.length, float32Values(outputs, "features"));
    const probabilities = classifier.predictProbabilities(scaler.transform(features));
    expect(difference(probabilities.values)).toBeLessThan(bound);
    expect(encodeFittedState(decodeFittedState(text))).toBe(text);
  });
});
