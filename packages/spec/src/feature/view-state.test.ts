import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { event } from "../event.ts";
import { t } from "../type.ts";
import {
  add,
  addRow,
  asOf,
  coalesce,
  count,
  countDistinct,
  diff,
  divide,
  eq,
  forgetBefore,
  gt,
  hourOfDay,
  interpretView,
  lag,
  last,
  max,
  mean,
  median,
  min,
  multiply,
  quantile,
  recency,
  rowTime,
  type SourceRow,
  stddev,
  sum,
  valuesAt,
  view,
  viewState,
} from "./index.ts";

const tap = event(
  "tap",
  { target: t.string(), size: t.float(), rank: t.int() },
  { purpose: "p", retain: "1d" },
);

/** Every aggregate, with and without a window and a condition. */
const everything = view("everything", {
  entity: { name: "person", joinKey: "subject" },
  source: tap,
  features: (row) => ({
    taps: count(),
    taps_5ms: count({ within: "5ms" }),
    targets: countDistinct(row.target),
    targets_10ms: countDistinct(row.target, { within: "10ms", where: gt(row.size, 0) }),
    total: sum(multiply(row.size, row.size)),
    total_7ms: sum(row.size, { within: "7ms" }),
    ranks: sum(row.rank),
    average: mean(row.size, { where: eq(row.target, "play") }),
    spread: stddev(row.size),
    spread_9ms: stddev(row.size, { within: "9ms" }),
    least: min(row.target),
    greatest_3ms: max(row.size, { within: "3ms" }),
    middle: median(row.size),
    ninth_12ms: quantile(row.rank, 0.9, { within: "12ms" }),
    latest: last(row.target),
    before_latest: lag(row.target, 1),
    third_9ms: lag(row.size, 2, { within: "9ms" }),
    step: diff(row.rank, 1),
    latest_time: last(rowTime(), { within: "6ms" }),
    since: recency(),
    since_play: recency({ where: eq(row.target, "play"), within: "20ms" }),
    share: add(coalesce(divide(count({ within: "5ms" }), count()), 0), hourOfDay(asOf())),
  }),
});

const row: fc.Arbitrary<SourceRow> = fc
  .record({
    time: fc.integer({ min: 0, max: 40 }),
    delay: fc.constantFrom(0, 0, 1, 5, 20),
    fields: fc.record({
      target: fc.constantFrom("play", "stop", "\u{1F600}", null),
      size: fc.oneof(
        fc.constantFrom(0.1, 0.2, 1e16, -1e16, Number.NaN, null),
        fc.double({ noNaN: true, min: -9, max: 9 }),
      ),
      rank: fc.constantFrom(1, 2, Number.MAX_SAFE_INTEGER, null),
    }),
  })
  .map(({ time, delay, fields }) => ({ time, knownTime: time + delay, fields }));
const rows = fc.array(row, { maxLength: 25 });
const times = fc.array(fc.integer({ min: 0, max: 70 }), { minLength: 1, maxLength: 8 });

const batch = (history: readonly SourceRow[], time: number) =>
  Object.fromEntries(
    Object.entries(interpretView(everything, new Map([["a", history]]), [{ key: "a", time }])).map(
      ([name, column]) => [name, column[0]],
    ),
  );

describe("a view's stream", () => {
  it("answers as the batch does, bit for bit, with late rows and with forgetting", () => {
    fc.assert(
      fc.property(rows, times, fc.boolean(), (history, questions, forgets) => {
        const state = viewState(everything);
        const arrivals = history.toSorted((left, right) => left.knownTime - right.knownTime);
        let next = 0;
        for (const time of questions.toSorted((left, right) => left - right)) {
          for (; next < arrivals.length && arrivals[next]!.knownTime <= time; next += 1) {
            addRow(state, arrivals[next]!);
          }
          if (forgets) forgetBefore(state, time);
          expect(valuesAt(state, time)).toEqual(batch(history, time));
        }
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  it("forgets rows that no later question sees, and refuses earlier questions", () => {
    const state = viewState(everything);
    for (let time = 0; time < 100; time += 1)
      addRow(state, { time, knownTime: time, fields: { target: "play" } });
    forgetBefore(state, 99);
    expect(state.rows).toHaveLength(20);
    expect(valuesAt(state, 99)).toMatchObject({ taps: 100, taps_5ms: 5 });
    expect(() => valuesAt(state, 98)).toThrow("expected no time before 99, received 98");
  });
});

describe("no view leaks the future", () => {
  it("gives the same without the rows that were after the question or unknown then", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 70 }), (history, time) => {
        const past = history.filter((event) => event.time <= time && event.knownTime <= time);
        expect(batch(history, time)).toEqual(batch(past, time));
      }),
      { numRuns: 300, seed: 12 },
    );
  });
});
