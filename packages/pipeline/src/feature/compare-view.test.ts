import { afterAll, beforeAll, expect, test } from "vitest";
import { asOf, count, divide, gt, last, max, sum, subtract, view } from "@tideline/spec";
import { cleanUpLater, openPoseLake, relationOf } from "../dataset/testing/open-pose-lake.ts";
import { UNLINKED } from "../dataset/identity.ts";
import { app, tap } from "../dataset/testing/pose-app.ts";
import { BEGIN, poseLog, subjectOf } from "../dataset/testing/pose-log.ts";
import { literal } from "../lake/index.ts";
import { compareView } from "./compare-view.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

/** Features of every type from fields of every kind, with NULL, NaN and infinity among the answers. */
const everyKind = view("every_kind", {
  entity: { name: "person", joinKey: "subject" },
  source: tap,
  features: (row) => ({
    target: last(row.target),
    was_strong: last(row.strong),
    strong_1m: count({ where: row.strong, within: "1m" }),
    hardest: max(row.force),
    force_1m: sum(row.force, { within: "1m" }),
    times: sum(row.times),
    held_until: max(row.down_at),
    held_for: subtract(asOf(), max(row.down_at)),
    many: gt(count(), 2),
    strong_share: divide(count({ where: row.strong, within: "1m" }), count({ within: "1m" })),
    per_nothing: divide(count(), subtract(count(), count())),
  }),
});

const entries = Array.from({ length: 12 }, (_, index) => ({
  at: BEGIN + 17_000 * index,
  properties: {
    target: `b${index % 3}`,
    strong: index % 4 !== 0,
    force: 0.1 * index - 0.3,
    times: index,
    down_at: BEGIN + 17_000 * index - 1234,
  },
}));

let lake: Awaited<ReturnType<typeof openPoseLake>>;
let events: string;

/** Windows that end at some moments, for a person who taps and one who does not. */
const windows = `(SELECT subject, time FROM (VALUES (${literal(subjectOf("anna"))}), (${literal(subjectOf("ben"))})) s(subject),
  (SELECT epoch_ms((${BEGIN} + 8500 * range)::BIGINT) AS time FROM range(-1, 30)))`;

beforeAll(async () => {
  lake = await openPoseLake(onFinished);
  const log = poseLog();
  for (const { at, properties } of entries)
    log.send("anna", at + 40_000, [{ name: "tap", time: at - 40_000, properties }]);
  events = relationOf(await lake.snapshot(log))("tap");
});

test("SQL and interpreter agree on every type, as of the ends of windows", async () => {
  for (const view of [...app.views, everyKind]) {
    await expect(compareView(lake.engine, view, { events, windows, identity: UNLINKED })).resolves.toEqual({
      view: view.name,
      rows: 2 * 31,
      sourceRows: 12,
      differing: 0,
    });
  }
});

test("without events, and without windows, there is nothing to differ", async () => {
  const none = { events: `(SELECT * FROM ${events} WHERE false)`, windows, identity: UNLINKED };
  await expect(compareView(lake.engine, everyKind, none)).resolves.toMatchObject({ rows: 62, sourceRows: 0 });
  const unasked = { events, windows: `(SELECT * FROM ${windows} WHERE false)`, identity: UNLINKED };
  await expect(compareView(lake.engine, everyKind, unasked)).resolves.toMatchObject({
    rows: 0,
    differing: 0,
  });
});

test("a source that does not say the same twice is caught", async () => {
  await lake.engine.run("CREATE SEQUENCE calls");
  // The first reading gets the rows, every later one none.
  const fickle = `(SELECT * FROM ${events} WHERE nextval('calls') <= 12)`;
  for (const view of [...app.views, everyKind]) {
    await lake.engine.run("CREATE OR REPLACE SEQUENCE calls");
    await expect(
      compareView(lake.engine, view, { events: fickle, windows, identity: UNLINKED }),
    ).rejects.toThrow(new RegExp(`feature view "${view.name}".*rows that differ.*CHECK_FAILED`));
  }
});
