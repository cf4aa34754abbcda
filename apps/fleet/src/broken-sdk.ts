import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { SDK_VERSION } from "@tideline/device";
import {
  BATCH_TYPE,
  concatBytes,
  encodeBatch,
  WIRE_FORMAT,
  type Acknowledgement,
  type WireEvent,
} from "@tideline/spec";
import { fileStorage } from "./adapter/file-storage.ts";
import { nodeCrypto } from "./adapter/node-crypto.ts";
import { nodeNetwork } from "./adapter/node-network.ts";
import { addSessions } from "./evidence.ts";
import { CANARY } from "./canary.ts";
import type { PhoneStatus, PhoneSummary } from "./message.ts";
import type { Pace } from "./pace.ts";
import { userOf } from "./phone.ts";

/** Where the broken SDK writes and sends. */
export interface BrokenSdkOptions {
  readonly folder: string;
  readonly collect: string;
  readonly writeKey: string;
  readonly pace: Pace;
}

/** A phone whose SDK sends what it must not. */
export interface BrokenSdk {
  /** Writes down and sends its one batch, until the server has answered or the wall milliseconds are over. */
  send(withinMs: number): Promise<void>;
  status(): PhoneStatus;
  summary(): PhoneSummary;
}

/** Name of its folder and subject. */
const SUBJECT = "broken-sdk";

/** What no correct SDK sends, and why; the canary stands in what must never be stored. */
function faultyEvents(time: number): WireEvent[] {
  const event = (seq: number, parts: Partial<WireEvent>): WireEvent => ({
    seq,
    name: "tap",
    version: 2,
    time,
    user: userOf(SUBJECT),
    consent: ["improve_product", "analytics"],
    properties: { target: "start", screen: "home" },
    ...parts,
  });
  return [
    // Nobody consented to analytics.
    event(1, { consent: ["improve_product"], properties: { target: CANARY, screen: CANARY } }),
    event(2, { consent: [], properties: { target: CANARY, screen: "home" } }),
    event(3, { name: "location", properties: { place: CANARY } }),
    event(4, { version: 9 }),
    event(5, { properties: { target: 7, screen: "home" } }),
    event(6, { properties: { screen: "home" } }),
    event(7, { properties: { target: "start", screen: "home", colour: "red" } }),
    event(8, { time: -1 }),
  ];
}

/** A record of the journal's format, written by other hands than the device's. */
function journalRecord(event: WireEvent): Uint8Array {
  const json = nodeCrypto.text.encode(JSON.stringify({ ...event, purpose: "none" }));
  const payload = concatBytes([new Uint8Array(4), json]);
  new DataView(payload.buffer).setUint32(0, json.length, true);
  const framing = new Uint8Array(8);
  new DataView(framing.buffer).setUint32(0, payload.length, true);
  new DataView(framing.buffer).setUint32(4, crc32(payload), true);
  return concatBytes([framing, payload]);
}

/** Makes the phone; its events are on its own journal before they are sent, so that they can be counted. */
export function createBrokenSdk(options: BrokenSdkOptions): BrokenSdk {
  const { folder, collect, writeKey, pace } = options;
  const install = randomBytes(16).toString("hex");
  let recorded = 0;
  let acknowledged = 0;
  let quarantined = 0;
  let retries = 0;

  const send = async (withinMs: number): Promise<void> => {
    if (recorded > 0) return;
    const events = faultyEvents(pace.now());
    const storage = await fileStorage(folder);
    await addSessions(folder, []);
    await storage.append(`journal-00000001-${install}-1.log`, concatBytes(events.map(journalRecord)));
    recorded = events.length;
    const network = nodeNetwork();
    const until = performance.now() + withinMs;
    const header = { format: WIRE_FORMAT, sdk: SDK_VERSION, install, epoch: 1, sent_at: pace.now(), events };
    const body = await nodeCrypto.gzip(encodeBatch(header, new Uint8Array(0), nodeCrypto.text));
    const credentials = Buffer.from(`${writeKey}:`).toString("base64");
    const headers = {
      authorization: `Basic ${credentials}`,
      "content-type": BATCH_TYPE,
      "content-encoding": "gzip",
    };
    const attempt = async (): Promise<Acknowledgement | null> => {
      try {
        const url = `${collect}/v1/batch`;
        const answer = await network.request({
          method: "POST",
          url,
          headers,
          body,
          timeoutMs: 15_000,
          maxBytes: 1 << 20,
        });
        if (answer.status === 200) return JSON.parse(nodeCrypto.text.decode(answer.body)) as Acknowledgement;
      } catch {
        // No connection: the batch waits, as the summary's `pending` says if none comes.
      }
      return null;
    };
    for (let answer = await attempt(); ; answer = await attempt()) {
      if (answer !== null) {
        const settled = { acknowledged: answer.acknowledged, dropped: [] };
        const state = {
          format: 1,
          quarantined: answer.quarantined.length,
          sources: { [`${install}.1`]: settled },
        };
        await storage.write("queue.json", nodeCrypto.text.encode(JSON.stringify(state)));
        acknowledged = answer.acknowledged.reduce((sum, [from, to]) => sum + to - from + 1, 0);
        quarantined = answer.quarantined.length;
        break;
      }
      if (performance.now() > until) break;
      retries += 1;
      await pace.wait(5000);
    }
    network.close();
    await storage.close();
  };

  return Object.freeze({
    send,
    status: () => ({ playedSeconds: 0, recorded, acknowledged, predictions: 0 }),
    summary: () => ({
      subject: SUBJECT,
      cohort: "study" as const,
      install,
      user: userOf(SUBJECT),
      special: "broken_sdk" as const,
      epochs: [1],
      recorded,
      acknowledged,
      pending: recorded - acknowledged,
      dropped: 0,
      quarantined,
      retries,
      outages: 0,
      duplicates: 0,
      release: 0,
      predictions: { device: 0, endpoint: 0, last: 0, rule: 0 },
    }),
  });
}
