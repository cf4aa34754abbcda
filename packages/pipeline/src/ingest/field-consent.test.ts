import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineApp, encodeBatch, encodeSamples, event, t } from "@tideline/spec";
import { expect, test } from "vitest";
import { nodeText } from "./node-text.ts";
import { openIngest } from "./open-ingest.ts";
import { collectLog } from "./testing/collect-log.ts";

const walk = event(
  "walk",
  {
    steps: t.int({ min: 0 }),
    place: t.forPurpose("location", t.string()),
    sound: t.forPurpose("voice", t.frame({ channels: ["x"], units: ["Pa"], rate: 50 })),
  },
  {
    purpose: "fitness",
    retain: "1d",
    version: 2,
    previous: [{ version: 1, fields: { spot: t.string() }, upgrade: { rename: { spot: "place" } } }],
  },
);
const app = defineApp({
  name: "walks",
  purposes: { fitness: "Count steps.", location: "Draw a map.", voice: "Hear you." },
  events: [walk],
  views: [],
  models: [],
});

const CANARY = "canary-51aa7e";
/** Four samples whose bytes spell a canary. */
const SOUND = Buffer.from("canary-sound-1!x");

/** Everything under a folder, as bytes. */
async function everyByte(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))));
}

test("fields without consent leave no byte in log, quarantine and what the server prints", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tideline-consent-"));
  const ingest = await openIngest(
    app,
    {
      folder,
      epoch: 1,
      appModule: "",
      port: 0,
      writeKeys: ["key"],
      pseudonymKey: new Uint8Array(32),
      clock: { origin: 5000, wallOrigin: Date.now(), speed: 0 },
    },
    { onDurable: () => undefined, onFault: (error) => expect.unreachable(error.message) },
  );
  const raw = (seq: number, properties: object, changes: object = {}) => ({
    seq,
    name: "walk",
    version: 2,
    time: 5,
    user: "u",
    consent: ["fitness"],
    properties,
    ...changes,
  });
  const sound = { offset: 0, samples: 4 };
  const events = [
    raw(1, { steps: 1, place: CANARY, sound }),
    // Refused for something else: the quarantine may hold the rest of it.
    raw(2, { steps: -1, place: CANARY, sound }),
    raw(3, { steps: 1, place: CANARY }, { version: 7 }),
    raw(4, { steps: 1, palce: CANARY }),
    raw(5, { steps: 1, place: { deep: { canary: CANARY } } }),
    raw(6, { steps: 1, place: "x".repeat(300) + CANARY }),
    // Version 1 lacks `steps`, so it is refused as version 2; its place had the older name.
    raw(7, { spot: CANARY }, { version: 1 }),
    raw(8, { steps: 1, place: "kept-place" }, { consent: ["fitness", "location"] }),
    raw(9, { steps: -1, place: "kept-twice" }, { consent: ["fitness", "location"] }),
  ];
  const header = { format: 1, sdk: "test/1", install: "phone", epoch: 1, sent_at: 9, events };
  const attachment = encodeSamples(
    new Float32Array(SOUND.buffer.slice(SOUND.byteOffset, SOUND.byteOffset + 16)),
  );
  const answer = await fetch(`${ingest.address}/v1/batch`, {
    method: "POST",
    headers: { authorization: "Bearer key" },
    body: encodeBatch(header, attachment, nodeText) as Uint8Array<ArrayBuffer>,
  });
  const body = await answer.text();
  expect(answer.status, body).toBe(200);
  const counts = ingest.counts();
  await ingest.close();

  expect(body).not.toContain("canary");
  const bytes = await everyByte(folder);
  expect(bytes.includes("canary")).toBe(false);
  expect(bytes.includes(SOUND)).toBe(false);
  expect(bytes.includes("kept-place") && bytes.includes("kept-twice")).toBe(true);
  const [entry] = await collectLog(folder);
  expect(entry!.record.events.map(({ seq, properties }) => [seq, properties])).toEqual([
    [1, { steps: 1 }],
    [6, { steps: 1 }],
    [8, { steps: 1, place: "kept-place" }],
  ]);
  expect(entry!.record.quarantined.map(({ seq, code }) => `${seq} ${code}`)).toEqual([
    "2 FIELD_INVALID",
    "3 EVENT_VERSION_UNKNOWN",
    "4 FIELD_UNKNOWN",
    "5 FIELD_INVALID",
    "7 FIELD_MISSING",
    "9 FIELD_INVALID",
  ]);
  // Of event 5 nothing was read that could be counted: it has not even the form of one.
  expect(counts.withheldFields).toBe(2 + 2 + 1 + 1 + 1 + 1);
  await rm(folder, { recursive: true });
});
