import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownFolder, readLog, startIngest, type Ingest, type Owner } from "@tideline/pipeline";
import {
  addRange,
  decodeBatch,
  decodeSamples,
  encodeSamples,
  hasSequence,
  missingSamples,
  sequenceSet,
  toHex,
  type Acknowledgement,
  type FrameReference,
  type SequenceSet,
} from "@tideline/spec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LogEvent } from "../packages/pipeline/src/log-record.ts";
import { nodeText } from "../packages/pipeline/src/ingest/node-text.ts";
import { wireVectorFiles } from "../scripts/vectors-wire.ts";
import type { AnswerVector } from "../scripts/wire/answers.ts";
import type { Expected } from "../scripts/wire/vector.ts";

const VECTORS = join(import.meta.dirname, "..", "vectors", "wire");
const bytesAt = (name: string): Uint8Array => new Uint8Array(readFileSync(join(VECTORS, name)));
const jsonAt = (name: string): unknown => JSON.parse(readFileSync(join(VECTORS, name), "utf8"));

/** A vector as it stands in its file. */
interface VectorFile {
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly header?: { readonly install: string; readonly events: readonly object[] };
  readonly expect: Expected;
}

const names = readdirSync(VECTORS)
  .filter((name) => name.endsWith(".bin"))
  .map((name) => name.slice(0, -4));
const vectors = names.map((name) => [name, jsonAt(`${name}.json`) as VectorFile] as const);

test("the committed files are what the script makes", () => {
  const made = wireVectorFiles();
  const present = readdirSync(VECTORS).filter((name) => name !== "README.md");
  expect(present.sort()).toEqual([...made.keys()].sort());
  for (const [name, content] of made) {
    const bytes = typeof content === "string" ? nodeText.encode(content) : content;
    expect(Buffer.compare(bytesAt(name), bytes), name).toBe(0);
  }
  expect(names.length).toBeGreaterThan(50);
});

test.each(vectors.filter(([, { header }]) => header !== undefined))(
  "%s.json tells what %s.bin carries",
  (name, vector) => {
    if (vector.request.headers["content-encoding"] !== undefined) return;
    expect(decodeBatch(bytesAt(`${name}.bin`), nodeText).header).toEqual(vector.header);
  },
);

describe("the real server", () => {
  let folder: string;
  let owner: Owner;
  let ingest: Ingest;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tideline-wire-"));
    const appModule = join(folder, "app.mjs");
    const data = join(folder, "server");
    writeFileSync(appModule, `export const app = ${readFileSync(join(VECTORS, "app.json"), "utf8")};`);
    owner = await ownFolder(data, { command: "test" });
    ingest = await startIngest({
      folder: data,
      epoch: owner.epoch,
      appModule,
      port: 0,
      writeKeys: ["wire-write-key"],
      pseudonymKey: new Uint8Array(32).fill(7),
      clock: null,
    });
  });
  afterAll(async () => {
    await ingest.close();
    owner.release();
    rmSync(folder, { recursive: true });
  });

  async function send({ request }: VectorFile): Promise<{ status: number; answer: unknown }> {
    const response = await fetch(`${ingest.address}/v1/batch`, {
      method: "POST",
      headers: request.headers,
      body: bytesAt(request.body),
    });
    return { status: response.status, answer: await response.json() };
  }

  /** Every stored event of an install, with the samples of its record. */
  async function storedOf(install: string): Promise<{ event: LogEvent; attachment: Uint8Array }[]> {
    const stored: { event: LogEvent; attachment: Uint8Array }[] = [];
    for await (const { record, attachment } of readLog(join(folder, "server"), null, ingest.position())) {
      if (record.install !== install) continue;
      stored.push(...record.events.map((event) => ({ event, attachment })));
    }
    return stored;
  }

  test.each(vectors)("answers %s as it says", async (_name, vector) => {
    const { expect: expected } = vector;
    const { status, answer } = await send(vector);
    expect(status).toBe(expected.status);
    if ("code" in expected) {
      expect(answer).toMatchObject({ code: expected.code });
      return;
    }
    const { acknowledged, quarantined, duplicates } = expected;
    expect(answer).toEqual({
      format: 1,
      acknowledged,
      quarantined,
      duplicates,
      received_at: expect.any(Number) as number,
    });
    // The same bytes once more change nothing.
    const again = (await send(vector)).answer as Acknowledgement;
    expect(again.acknowledged).toEqual(acknowledged);
    const { events } =
      vector.header ?? (decodeBatch(bytesAt(vector.request.body), nodeText).header as { events: object[] });
    expect(again.duplicates).toBe(events.length);
  });

  test.each(vectors)("stores of %s what it says", async (_name, { header, expect: expected }) => {
    if ("code" in expected || header === undefined) return;
    const events = await storedOf(header.install);
    const refused = new Set(expected.quarantined.map(({ seq }) => seq));
    const taken = header.events
      .map((event) => (event as { seq: number }).seq)
      .filter((seq) => !refused.has(seq));
    expect(events.map(({ event }) => event.seq).sort((a, b) => a - b)).toEqual(
      [...new Set(taken)].sort((a, b) => a - b),
    );
    const bySeq = new Map(events.map((stored) => [stored.event.seq, stored]));
    for (const [seq, properties] of Object.entries(expected.stored ?? {})) {
      expect(Object.keys(bySeq.get(Number(seq))!.event.properties).sort()).toEqual(properties);
    }
    for (const { seq, field, samples, float32, missing } of expected.frames ?? []) {
      const { event, attachment } = bySeq.get(seq)!;
      const reference = event.properties[field] as FrameReference;
      expect(reference.samples).toBe(samples);
      expect(missingSamples(reference)).toBe(missing ?? 0);
      const bytes = attachment.subarray(reference.offset, reference.offset + float32.length / 2);
      expect(toHex(encodeSamples(decodeSamples(bytes)))).toBe(float32);
    }
  });
});

test("what a client forgets of an answer are the numbers that it sent", () => {
  const answers = jsonAt("answers.json") as readonly AnswerVector[];
  const sent = Array.from({ length: 10 }, (_, index) => index + 1);
  const forgets = answers.filter(({ action }) => action === "forget");
  for (const { name, body, forget } of forgets) {
    const { acknowledged } = JSON.parse(body) as Acknowledgement;
    const set = acknowledged.reduce<SequenceSet>(addRange, []);
    expect(sequenceSet(sent.filter((seq) => hasSequence(set, seq))), name).toEqual(forget);
  }
  expect(forgets).toHaveLength(5);
});
