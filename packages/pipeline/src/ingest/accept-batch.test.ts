import { isTidelineError, tidelineError, defineApp, event } from "@tideline/spec";
import { expect, test } from "vitest";
import { NOBODY_ERASED } from "../catalog/erased-file.ts";
import type { LogPosition } from "../log-record.ts";
import { batchAcceptor, type BatchAcceptor } from "./accept-batch.ts";
import { identityIndex } from "./identity.ts";
import { DEFAULT_INGEST_LIMITS } from "./limits.ts";
import { decodeLogRecord } from "./log/log-record.ts";
import { nodeText } from "./node-text.ts";

const app = defineApp({
  name: "test",
  purposes: { analytics: "Count." },
  events: [event("tap", {}, { purpose: "analytics", retain: "1d" })],
  views: [],
  models: [],
});

const POSITION: LogPosition = { epoch: 1, segment: 1, offset: 99 };

/** An acceptor on a log whose commits end when the test says so. */
function acceptorOnHeldLog() {
  const commits: { sequences: number[]; resolve: () => void; reject: (error: Error) => void }[] = [];
  const acceptor = batchAcceptor({
    app,
    identities: identityIndex(),
    pseudonymise: () => "0".repeat(32),
    clock: () => 1,
    limits: DEFAULT_INGEST_LIMITS,
    erased: () => NOBODY_ERASED,
    region: null,
    log: {
      append: (payload) => {
        const { promise, resolve, reject } = Promise.withResolvers<LogPosition>();
        const { record } = decodeLogRecord(payload, "test");
        commits.push({
          sequences: record.events.map(({ seq }) => seq),
          resolve: () => resolve(POSITION),
          reject,
        });
        return promise;
      },
      position: () => POSITION,
      roll: () => Promise.resolve(POSITION),
      waitingBytes: () => 0,
      close: () => Promise.resolve(),
    },
  });
  return { acceptor, commits };
}

/** Sends a batch; the array fills with its outcome once it is answered. */
function send(acceptor: BatchAcceptor, sequences: readonly number[]): string[] {
  const events = sequences.map((seq) => ({
    seq,
    name: "tap",
    version: 1,
    time: 1,
    user: null,
    consent: ["analytics"],
    properties: {},
  }));
  const header = { format: 1, sdk: "t", install: "phone", epoch: 1, sent_at: 1, events };
  const outcome: string[] = [];
  acceptor.accept(nodeText.encode(JSON.stringify(header))).then(
    ({ duplicates }) => outcome.push(`${duplicates} duplicates`),
    (error: unknown) => outcome.push(isTidelineError(error) ? error.code : "another error"),
  );
  return outcome;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("copies of a batch wait for the commit that holds its events", async () => {
  const { acceptor, commits } = acceptorOnHeldLog();
  const first = send(acceptor, [1, 2]);
  const second = send(acceptor, [1, 2]);
  const third = send(acceptor, [2, 3]);
  await turn();
  expect(commits.map(({ sequences }) => sequences)).toEqual([[1, 2], [], [3]]);
  // The record of duplicates and the third batch's own commit end first: nobody may be answered yet.
  commits[1]!.resolve();
  commits[2]!.resolve();
  await turn();
  expect([first, second, third]).toEqual([[], [], []]);
  commits[0]!.resolve();
  await turn();
  expect([first, second, third]).toEqual([["0 duplicates"], ["2 duplicates"], ["1 duplicates"]]);
  expect(acceptor.counts()).toMatchObject({ batches: 3, events: 3, duplicates: 3 });
});

test("a copy of a durable batch is answered without waiting for its own record", async () => {
  const { acceptor, commits } = acceptorOnHeldLog();
  send(acceptor, [1]);
  await turn();
  commits[0]!.resolve();
  await turn();
  const copy = send(acceptor, [1]);
  await turn();
  expect(copy).toEqual(["1 duplicates"]);
  expect(commits).toHaveLength(2);
});

test("when a commit fails its copies fail, and its events are not taken for seen", async () => {
  const { acceptor, commits } = acceptorOnHeldLog();
  const fault = tidelineError("FSYNC_FAILED", { who: "log" });
  const outcomes = [send(acceptor, [1]), send(acceptor, [1])];
  await turn();
  for (const { reject } of commits) reject(fault);
  await turn();
  expect(outcomes).toEqual([["FSYNC_FAILED"], ["FSYNC_FAILED"]]);
  send(acceptor, [1]);
  await turn();
  expect(commits.at(-1)!.sequences).toEqual([1]);
  expect(acceptor.counts().events).toBe(0);
});
