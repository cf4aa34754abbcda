import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { annotate, BEGIN, poseLog } from "../dataset/testing/pose-log.ts";
import { encodeLogRecord, openLog } from "../ingest/log/index.ts";
import { pseudonymiser } from "../ingest/pseudonym.ts";
import { sampleLog } from "../lake/testing/sample-log.ts";
import { findPerson, type FoundPerson } from "./find-person.ts";
import type { PersonSource } from "./person-source.ts";
import type { UserQuestion } from "./user-question.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const pseudonymise = pseudonymiser(new Uint8Array(32));
const user = (name: string): string => pseudonymise(name, "");
const anonymous = (install: string): string => pseudonymise(null, install);

/** Who sent what, in order: `[install, user or "", earlier user]`. */
const SENT: readonly (readonly [install: string, user: string, previous?: string])[] = [
  ["phone-1", ""],
  ["phone-1", "guest"],
  ["phone-1", "ann", "guest"],
  ["phone-1", "ann"],
  ["phone-2", "ann"],
  // Three ids of one person, one after the other.
  ["chain", "one"],
  ["chain", "two", "one"],
  ["chain", "three", "two"],
  // A phone that claims a stranger's id, having sent under it; and one that becomes the stranger.
  ["victim", "victim"],
  ["claims", "victim"],
  ["claims", "mallory", "victim"],
  ["becomes", "eve"],
  ["becomes", "victim", "eve"],
  // A family's phone: one of them had another id before.
  ["family", "bob"],
  ["family", "cat-before"],
  ["family", "cat", "cat-before"],
  ["family", "bob"],
  // An app that says alias whenever somebody signs in.
  ["misled", "dan"],
  ["misled", "eva", "dan"],
  ["misled", "dan", "eva"],
  // A new phone that knows the id of before, which only an old phone has sent.
  ["old-phone", "fay-before"],
  ["new-phone", "fay", "fay-before"],
];

/** Of these installs everything has reached the lake; of the others it stands in the log. */
const IN_LAKE = new Set(["phone-1", "claims", "victim", "family", "misled", "old-phone"]);

let source: PersonSource;

beforeAll(async () => {
  const [stored, waiting] = [poseLog(), poseLog()];
  for (const [index, [install, name, before]] of SENT.entries()) {
    const subject = pseudonymise(name === "" ? null : name, install);
    const previous = before === undefined ? {} : { previous: user(before) };
    const events = [{ ...annotate("s", "UP"), seq: index, subject, ...previous }];
    (IN_LAKE.has(install) ? stored : waiting).send("n", BEGIN, [], { install, events });
  }
  const lake = await openPoseLake(onFinished);
  const durable = await openLog({ folder: lake.folder, epoch: lake.owner.epoch });
  for await (const { record, attachment } of sampleLog(waiting.records)(null)) {
    await durable.append(encodeLogRecord(record, attachment));
  }
  await durable.close();
  source = {
    folder: lake.folder,
    engine: lake.engine,
    snapshot: await lake.snapshot(stored),
    anonymous,
  };
});

const find = (name: string, rest: Omit<UserQuestion, "subject"> = {}): Promise<FoundPerson> =>
  findPerson(source, { kind: "user", subject: user(name), ...rest }, "erase");

/** Other ids of somebody: how many phones were followed, and how many were left. */
const linkedOf = ({ linked }: FoundPerson) =>
  Object.fromEntries(linked.map(({ subject, followed, left }) => [subject, [followed, left]]));

test("an id is followed back to the one before, and the phone goes whole", async () => {
  const found = await find("ann");
  expect(found).toMatchObject({ installs: ["phone-1", "phone-2"], subjects: [user("ann")], shared: [] });
  expect(linkedOf(found)).toEqual({ [user("guest")]: [1, 0] });
  expect(found.touched).toContain(user("guest"));
  expect(found.gone).toContain(user("guest"));
});

test("and forward on the phone that says so; another phone of the later id is left, and told", async () => {
  const found = await find("guest");
  expect(found.installs).toEqual(["phone-1"]);
  expect(linkedOf(found)).toEqual({ [user("ann")]: [1, 1] });
  expect(found.touched).toContain(user("ann"));
  expect(found.gone).not.toContain(user("ann"));
  const whole = await find("guest", { with: [user("ann")] });
  expect(whole.installs).toEqual(["phone-1", "phone-2"]);
  expect(whole.gone).toContain(user("ann"));
  expect(linkedOf(whole)).toEqual({});
});

test.each(["one", "two", "three"])("over several steps, from %s", async (name) => {
  const found = await find(name);
  const others = ["one", "two", "three"].filter((other) => other !== name);
  expect(found.installs).toEqual(["chain"]);
  expect(linkedOf(found)).toEqual(Object.fromEntries(others.map((other) => [user(other), [1, 0]])));
});

test("a claim on a stranger's id reaches what the claiming phone sent, and never the stranger", async () => {
  const mallory = await find("mallory");
  expect(mallory.installs).toEqual(["claims"]);
  expect(mallory.subjects).toEqual([user("mallory")]);
  expect(linkedOf(mallory)).toEqual({ [user("victim")]: [1, 2] });
  expect(mallory.gone).not.toContain(user("victim"));
  const eve = await find("eve");
  expect(eve).toMatchObject({ installs: ["becomes"], subjects: [user("eve")] });
  expect(linkedOf(eve)).toEqual({ [user("victim")]: [1, 2] });
  // Yet features of whoever is tied to them may hold something of theirs.
  expect(mallory.related).toEqual([user("eve")].sort());
  expect((await find("victim", { only: true })).related).toEqual([user("eve"), user("mallory")].sort());
  // The stranger's own erasure takes what they have sent in that name.
  expect((await find("victim")).installs).toEqual(["becomes", "claims", "victim"]);
});

test("of a shared phone what it sent under the earlier id is meant, and nothing of the others", async () => {
  const found = await find("cat");
  expect(found).toMatchObject({ installs: [], shared: ["family"] });
  expect(found.pairs).toEqual([{ install: "family", subject: user("cat-before") }]);
  expect(found.subjects).toEqual([user("cat"), anonymous("family")]);
  expect(found.gone).not.toContain(user("bob"));
});

test("a phone that goes back and forth between two ids has two people, whatever its app says", async () => {
  for (const [name, other] of [
    ["dan", "eva"],
    ["eva", "dan"],
  ] as const) {
    const found = await find(name);
    expect(found).toMatchObject({ installs: [], shared: ["misled"], pairs: [] });
    expect(linkedOf(found)).toEqual({ [user(other)]: [0, 1] });
  }
});

test("an id of before that another phone sent is left until the owner names it", async () => {
  const found = await find("fay");
  expect(found.installs).toEqual(["new-phone"]);
  expect(linkedOf(found)).toEqual({ [user("fay-before")]: [0, 1] });
  expect(found.touched).not.toContain(user("fay-before"));
  const whole = await find("fay", { with: [user("fay-before")] });
  expect(whole.installs).toEqual(["new-phone", "old-phone"]);
  // Who only names somebody has nothing of theirs, and does not get into their export.
  const before = await find("fay-before");
  expect(before.installs).toEqual(["old-phone"]);
  expect(linkedOf(before)).toEqual({ [user("fay")]: [0, 1] });
});

test("the owner leaves out one claim, or all of them", async () => {
  for (const rest of [{ without: [user("guest")] }, { only: true }]) {
    const found = await find("ann", rest);
    expect(found).toMatchObject({ installs: ["phone-2"], shared: ["phone-1"], pairs: [] });
    expect(linkedOf(found)).toEqual({ [user("guest")]: [0, 1] });
  }
});
