import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { annotate, BEGIN, poseLog } from "../dataset/testing/pose-log.ts";
import { encodeLogRecord, openLog } from "../ingest/log/index.ts";
import { pseudonymiser } from "../ingest/pseudonym.ts";
import { sampleLog } from "../lake/testing/sample-log.ts";
import { findPerson, type PersonQuestion } from "./find-person.ts";
import type { PersonSource } from "./person-source.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const pseudonymise = pseudonymiser(new Uint8Array(32));
const user = (name: string): string => pseudonymise(name, "");
const anonymous = (install: string): string => pseudonymise(null, install);

/** Who sent what: `[install, subject]`. The last two have not reached the lake. */
const SENT: readonly (readonly [install: string, subject: string])[] = [
  ["own-1", anonymous("own-1")],
  ["own-1", user("ann")],
  ["own-2", user("ann")],
  ["family", anonymous("family")],
  ["family", user("ann")],
  ["family", user("bob")],
  ["other", user("bob")],
  ["attacker", user("bob")],
  ["fresh", anonymous("fresh")],
  ["fresh", user("ann")],
];

let source: PersonSource;

beforeAll(async () => {
  const log = poseLog();
  for (const [index, [install, subject]] of SENT.entries()) {
    const refused = { code: "FIELD_UNKNOWN", field: "x", reason: "", content: { subject } };
    // What own-2 sent was refused, and still is the person's.
    if (install === "own-2") {
      log.send("n", BEGIN, [], { install, quarantined: [{ seq: index, name: "tap", ...refused }] });
    } else {
      const events = [{ ...annotate("s", "UP"), seq: index, subject }];
      log.send("n", BEGIN, [], { install, events });
    }
  }
  const lake = await openPoseLake(onFinished);
  const durable = await openLog({ folder: lake.folder, epoch: lake.owner.epoch });
  for await (const { record, attachment } of sampleLog(log.records.slice(-2))(null)) {
    await durable.append(encodeLogRecord(record, attachment));
  }
  await durable.close();
  const records = poseLog();
  for (const { install, events, quarantined } of log.records.slice(0, -2)) {
    records.send("n", BEGIN, [], {
      ...(install === undefined ? {} : { install }),
      ...(events === undefined ? {} : { events }),
      ...(quarantined === undefined ? {} : { quarantined }),
    });
  }
  const snapshot = await lake.snapshot(records);
  source = { folder: lake.folder, engine: lake.engine, snapshot, anonymous };
});

const find = (question: PersonQuestion, purpose: "export" | "erase" = "erase") =>
  findPerson(source, question, purpose);

test("a user is everything under the pseudonym, and every phone that nobody else has used", async () => {
  const found = await find({ kind: "user", subject: user("ann") });
  expect(found.installs).toEqual(["fresh", "own-1", "own-2"]);
  expect(found.shared).toEqual(["family"]);
  expect(new Set(found.subjects)).toEqual(new Set([user("ann"), anonymous("family")]));
  expect(new Set(found.touched)).toEqual(
    new Set([user("ann"), ...["family", "fresh", "own-1", "own-2"].map(anonymous)]),
  );
  expect(found.gone).toEqual(found.touched);
});

test("an export leaves out what a shared phone sent before it had a user", async () => {
  const found = await find({ kind: "user", subject: user("ann") }, "export");
  expect(found.subjects).toEqual([user("ann")]);
});

test("a phone that names a user opens nothing of that user's other phones", async () => {
  const found = await find({ kind: "install", install: "attacker" });
  expect(found).toMatchObject({ installs: ["attacker"], subjects: [], shared: [] });
  expect(new Set(found.touched)).toEqual(new Set([user("bob"), anonymous("attacker")]));
  // The user has other rows and stays known.
  expect(found.gone).toEqual([anonymous("attacker")]);
});

test("whom nobody knows has nothing but a name", async () => {
  await expect(find({ kind: "user", subject: user("nobody") })).resolves.toEqual({
    installs: [],
    subjects: [user("nobody")],
    touched: [user("nobody")],
    gone: [user("nobody")],
    pairs: [],
    related: [],
    shared: [],
    linked: [],
    passedOver: 0,
  });
  const unknown = await find({ kind: "install", install: "unknown" });
  expect(unknown.gone).toEqual([anonymous("unknown")]);
});
