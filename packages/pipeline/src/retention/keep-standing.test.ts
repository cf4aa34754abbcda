import { expect, onTestFinished, test } from "vitest";
import { STANDING, tableOf, verifySnapshot } from "../lake/index.ts";
import { eraseLake } from "../subject/erase-lake.ts";
import { namedScope } from "../subject/scope.ts";
import { DAY, NOW } from "./testing/retained-folder.ts";
import { openStanding, type Batch, type Sent } from "./testing/standing-folder.ts";

const folderOf = (batches: readonly Batch[]) => openStanding(batches, onTestFinished);
const note = (seq: number, more: Partial<Sent> = {}): Sent => ({ seq, name: "note", at: "written", ...more });
const tap = (seq: number, more: Partial<Sent> = {}): Sent => ({ seq, name: "tap", at: "tapped", ...more });
const withdrawn = { consent: ["q"] };

test("a withdrawal outlives the event that said it, as long as anything of the person is there", async () => {
  const folder = await folderOf([
    [10, "phone", [note(1)]],
    [5, "phone", [tap(2, withdrawn)]],
    [5, "else", [note(1, { subject: "ben" })]],
  ]);
  expect(await folder.allowed()).toMatchObject({ teach: 1 });
  await folder.retain(NOW);
  const snapshot = await folder.newest();
  await verifySnapshot(snapshot);
  expect(snapshot.manifest.counts).toMatchObject({ events: 2 });
  expect(tableOf(snapshot, STANDING).rows).toBe(1);
  expect(await folder.allowed()).toMatchObject({ teach: 1 });
  // A second look has nothing to do, and what comes later goes on from there.
  expect(await folder.retain(NOW + 1)).toMatchObject({ lake: { deleted: 0, snapshot: snapshot.id } });
  await folder.add([0, "third", [note(1, { subject: "eve" })]]);
  expect(await folder.allowed()).toMatchObject({ teach: 2 });
  // What was left out once is in again where the person says so.
  await folder.add([0, "phone", [note(3)]]);
  expect(await folder.allowed()).toMatchObject({ teach: 3 });
});

test("what stands holds nothing that an app wrote, is replaced by what is newer, and goes with its person", async () => {
  const folder = await folderOf([
    [10, "phone", [note(1)]],
    [5, "phone", [tap(2), tap(3), tap(4), tap(5, withdrawn)]],
  ]);
  await folder.retain(NOW);
  const first = await folder.newest();
  expect(first.manifest.tables[STANDING]!.columns.map(({ name }) => name)).not.toContain("at");
  expect(await folder.standing()).toBe("2,5");
  await folder.add([0, "phone", [tap(6, withdrawn)]]);
  await folder.retain(NOW + 2 * DAY);
  expect(await folder.standing()).toBe("2,6");
  await verifySnapshot(await folder.newest());
  // The note is gone after 190 days, what stands not before the longest retention is over.
  await folder.retain(NOW + 191 * DAY);
  expect(tableOf(await folder.newest(), STANDING).rows).toBe(2);
  await folder.retain(NOW + 201 * DAY);
  expect((await folder.newest()).manifest.tables[STANDING]).toBeUndefined();
});

test("what stands outlives every retention while a row of its person, under whichever pseudonym, is there", async () => {
  const folder = await folderOf([
    [200, "phone", [note(1), tap(2, { subject: "ada-2", previous: "ada", ...withdrawn })]],
    // Another phone of hers, which had been switched off, sends what she wrote before.
    [20, "old", [note(1, { ago: 201 })]],
  ]);
  await folder.retain(NOW - 198 * DAY);
  expect(await folder.allowed()).toMatchObject({ teach: 0 });
  await folder.retain(NOW + DAY);
  expect((await folder.newest()).manifest.counts.events).toBe(1);
  expect(await folder.allowed()).toMatchObject({ teach: 0 });
  await folder.retain(NOW + 181 * DAY);
  expect((await folder.newest()).manifest.tables[STANDING]).toBeUndefined();
});

test("an id's successor and a phone's user stay the same person when the events that said so are gone", async () => {
  const folder = await folderOf([
    [10, "phone", [note(1), note(2, { subject: "ada-2", previous: "ada", consent: ["p", "q"] })]],
    [9, "shared", [tap(1, { subject: "nobody on shared" }), note(2, { subject: "ben" })]],
    [5, "phone", [tap(3, { subject: "ada-3", previous: "ada-2", ...withdrawn })]],
    [4, "shared", [tap(3, { subject: "nobody on shared", ...withdrawn })]],
  ]);
  expect(await folder.allowed()).toMatchObject({ teach: 0 });
  await folder.retain(NOW);
  expect(await folder.allowed()).toMatchObject({ teach: 0 });
});

test("whoever was in the control group once stays there when the enrolment is gone", async () => {
  const folder = await folderOf([
    [10, "phone", [tap(1, { at: "watched" }), note(2)]],
    [0, "phone", [tap(3, { at: "taught" })]],
  ]);
  expect(await folder.allowed()).toMatchObject({ watched: 1 });
  await folder.retain(NOW);
  expect(await folder.allowed()).toMatchObject({ watched: 1 });
});

test("a nameless phone stays its user's when its receipts are gone: withdrawal and control group", async () => {
  const folder = await folderOf([
    [10, "watched", [tap(1, { subject: "nobody on watched", at: "watched" }), tap(2)]],
    [10, "left", [tap(1, { subject: "nobody on left" }), tap(2, { subject: "ben" })]],
    [9, "left", [tap(3, { subject: "nobody on left", ...withdrawn })]],
    [8, "new", [note(1), note(2, { subject: "ben", ago: 10 })]],
    [7, "third", [note(1, { subject: "eve" })]],
  ]);
  // Eve; of the others one is in the control group and one has withdrawn, both by what phones without a user sent.
  const before = await folder.allowed();
  expect(before).toMatchObject({ watched: 2 });
  const roles = async () => [
    await folder.maySay("ada"),
    await folder.maySay("ben"),
    await folder.maySay("eve"),
  ];
  expect(await roles()).toEqual(["control", "withdrawn", "teaches"]);
  // Long after, the phones that they have now send again; then every receipt of the old ones goes.
  await folder.add([-150, "new", [note(3), note(4, { subject: "ben", ago: 10 })]]);
  await folder.add([-150, "third", [note(2, { subject: "eve" })]]);
  for (const days of [191, 193, 195, 340]) {
    await folder.retain(NOW + days * DAY + DAY / 2);
    expect(await roles()).toEqual(["control", "withdrawn", "teaches"]);
  }
  const { receipt, ...tables } = (await folder.newest()).manifest.tables;
  expect([receipt!.rows, tables[STANDING]!.rows > 3]).toEqual([2, true]);
  // Nothing of them is left.
  await folder.retain(NOW + 351 * DAY);
  expect((await folder.newest()).manifest.tables[STANDING]).toBeUndefined();
});

test("an erasure reaches what stands", async () => {
  const folder = await folderOf([[5, "phone", [tap(1), tap(2, { subject: "ben" })]]]);
  await folder.retain(NOW);
  const context = { ...folder, clock: () => NOW };
  expect(await eraseLake(context, namedScope([], ["ada"], []))).toMatchObject({ deleted: 1 });
  expect(tableOf(await folder.newest(), STANDING).rows).toBe(1);
  expect((await folder.newest()).manifest.counts.events).toBe(0);
  expect(await folder.standing()).toBe("2");
});
