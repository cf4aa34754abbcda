import * as fc from "fast-check";
import { sequenceSet } from "@tideline/spec";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { BEGIN, enrol, poseLog, subjectOf } from "../dataset/testing/pose-log.ts";
import type { LogQuarantine } from "../log-record.ts";
import { STANDING, type Engine, type Snapshot } from "../lake/index.ts";
import { accountEvents, type PhoneLedger } from "./account-events.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const tap = (target: string) => ({
  name: "tap",
  properties: { target, strong: true, force: 1, times: 1, down_at: BEGIN },
});
const refuse = (seq: number, code = "FIELD_MISSING"): LogQuarantine => ({
  seq,
  name: "tap",
  code,
  field: "target",
  reason: "nothing",
  content: null,
});

/** A ledger of a phone in its first epoch. */
const ledger = (
  install: string,
  recorded: Iterable<number>,
  pending: Iterable<number> = [],
  epoch = 1,
): PhoneLedger => ({
  install,
  epoch,
  recorded: sequenceSet(recorded),
  pending: sequenceSet(pending),
});

let engine: Engine;
let snapshot: Snapshot;

beforeAll(async () => {
  const lake = await openPoseLake(onFinished);
  ({ engine } = lake);
  const log = poseLog();
  // anna stores 1 to 4 in two tables; 5 and 7 are refused; the server saw two of them again.
  log.send("anna", BEGIN, [enrol("study"), tap("a"), tap("b"), tap("c")], {
    quarantined: [refuse(5), refuse(7, "CONSENT_MISSING")],
    duplicates: 2,
  });
  // ben stores 1 and 2, and after a new installation 1 again.
  log.send("ben", BEGIN, [enrol("beta"), tap("a")]);
  const begun = { ...tap("z"), seq: 1, subject: subjectOf("ben") };
  log.send("ben", BEGIN, [], { epoch: 2, events: [begun] });
  snapshot = await lake.snapshot(log);
});

const account = (...phones: PhoneLedger[]) => accountEvents(engine, snapshot, phones);

test("everything that phones recorded is stored, refused, waiting or lost", async () => {
  const { events, quarantine } = await account(
    ledger("anna", [1, 2, 3, 4, 5, 6, 7, 8], [6]),
    ledger("ben", [1, 2]),
    ledger("ben", [1], [], 2),
  );
  expect(events).toEqual({
    recorded: 11,
    accepted: 10,
    stored: 7,
    quarantined: 2,
    pending: 1,
    lost: 1,
    duplicatesReceived: 2,
    duplicatesStored: 0,
  });
  expect(quarantine).toEqual({ CONSENT_MISSING: 1, FIELD_MISSING: 1 });
});

test("an event whose acknowledgement was lost on its way is neither pending nor lost", async () => {
  const { events } = await account(
    ledger("anna", [1, 2, 3, 4, 5, 7], [3, 4, 7]),
    ledger("ben", [1, 2]),
    ledger("ben", [1], [], 2),
  );
  expect(events).toMatchObject({ recorded: 9, accepted: 6, stored: 7, quarantined: 2, pending: 0, lost: 0 });
});

test("what another phone, or the same one in another epoch, has stored hides no loss", async () => {
  await expect(account(ledger("cleo", [1, 2]))).resolves.toMatchObject({ events: { lost: 2 } });
  await expect(account(ledger("ben", [1, 2], [], 2))).resolves.toMatchObject({ events: { lost: 1 } });
});

/** The snapshot with rows of taps told twice: what a lake would hold whose guards had failed. */
function doubled(times: number): Snapshot {
  const { tap: table, ...tables } = snapshot.manifest.tables;
  const files = Array.from({ length: times }, () => table!.files).flat();
  return {
    ...snapshot,
    manifest: { ...snapshot.manifest, tables: { ...tables, tap: { ...table!, files } } },
  };
}

test("a doubled row is told, and makes good for no lost one", async () => {
  const { events } = await accountEvents(engine, doubled(2), [ledger("anna", [1, 2, 3, 4, 5, 6, 7])]);
  expect(events).toMatchObject({ stored: 7, duplicatesStored: 5, lost: 1 });
  await expect(accountEvents(engine, doubled(3), [])).resolves.toMatchObject({
    events: { duplicatesStored: 10 },
  });
});

test("what stands of events that are past their retention is no event that is stored", async () => {
  const { tables } = snapshot.manifest;
  const standing = {
    ...snapshot,
    manifest: { ...snapshot.manifest, tables: { ...tables, [STANDING]: tables["tap"]! } },
  };
  const ledgers = [ledger("anna", [1, 2, 3, 4])];
  expect(await accountEvents(engine, standing, ledgers)).toEqual(
    await accountEvents(engine, snapshot, ledgers),
  );
});

test("the account is that of a set of identities, whatever was recorded, sent, refused or acknowledged", async () => {
  const fate = fc.constantFrom("stored", "refused", "pending", "lost", "unacknowledged");
  const phone = fc.record({
    epochs: fc.integer({ min: 1, max: 2 }),
    fates: fc.array(fate, { maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(phone, { minLength: 1, maxLength: 3 }), async (phones) => {
      const { onFinished, cleanUp } = cleanUpLater();
      const lake = await openPoseLake(onFinished);
      const log = poseLog();
      log.send("nobody", BEGIN, []);
      const ledgers: PhoneLedger[] = [];
      for (const [index, { epochs, fates }] of phones.entries()) {
        for (let epoch = 1; epoch <= epochs; epoch += 1) {
          const install = `phone-${index}`;
          const numbered = fates.map((fate, at) => ({ fate, seq: at + epoch }));
          const of = (...wanted: string[]) =>
            numbered.filter(({ fate }) => wanted.includes(fate)).map(({ seq }) => seq);
          const events = of("stored", "unacknowledged").map((seq) => ({
            ...(seq % 2 === 0 ? tap("t") : enrol("study")),
            seq,
            subject: subjectOf(install),
          }));
          const quarantined = of("refused").map((seq) => refuse(seq));
          log.send(install, BEGIN, [], { epoch, events, quarantined });
          const recorded = numbered.map(({ seq }) => seq);
          ledgers.push(ledger(install, recorded, of("pending", "unacknowledged"), epoch));
        }
      }
      const every = phones.flatMap(({ epochs, fates }) => Array.from({ length: epochs }, () => fates).flat());
      const count = (...wanted: string[]) => every.filter((fate) => wanted.includes(fate)).length;
      const { events } = await accountEvents(lake.engine, await lake.snapshot(log), ledgers);
      await cleanUp();
      expect(events).toEqual({
        recorded: every.length,
        accepted: every.length - count("pending", "unacknowledged"),
        stored: count("stored", "unacknowledged"),
        quarantined: count("refused"),
        pending: count("pending"),
        lost: count("lost"),
        duplicatesReceived: 0,
        duplicatesStored: 0,
      });
      expect(events.recorded).toBe(events.stored + events.quarantined + events.pending + events.lost);
    }),
    { numRuns: 4 },
  );
});
