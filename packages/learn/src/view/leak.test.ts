import {
  count,
  countDistinct,
  event,
  first,
  gt,
  diff,
  lag,
  last,
  max,
  mean,
  median,
  min,
  quantile,
  recency,
  stddev,
  sum,
  t,
  view,
  type Columns,
  type Expression,
  type FeatureView,
} from "@tideline/spec";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Frame } from "../frame/column.ts";
import { frameOf } from "../frame/frame-of.ts";
import { takeRows } from "../frame/take-rows.ts";
import { answerView } from "./answer-view.ts";
import { spineOf } from "./spine.ts";

const tap = event("tap", { x: t.float(), word: t.string() }, { purpose: "test", retain: "1d" });
const every = (row: Columns<typeof tap>): Record<string, Expression> =>
  Object.fromEntries(
    (["2ms", "9ms", undefined] as const).flatMap((length, at): [string, Expression][] => {
      const within = length === undefined ? {} : { within: length };
      return Object.entries({
        count: count(within),
        positive: count({ ...within, where: gt(row.x, 0) }),
        distinct: countDistinct(row.word, within),
        sum: sum(row.x, within),
        mean: mean(row.x, within),
        stddev: stddev(row.x, within),
        min: min(row.x, within),
        max: max(row.x, within),
        least: min(row.word, within),
        first: first(row.x, within),
        last: last(row.x, within),
        word: last(row.word, within),
        recency: recency(within),
        median: median(row.x, within),
        ninth: quantile(row.x, 0.9, within),
        word_before: lag(row.word, 1, within),
        third: lag(row.x, 2, within),
        diff: diff(row.x, 1, within),
      }).map(([name, feature]) => [`${name}_${at}`, feature]);
    }),
  );
const all: FeatureView = view("all", {
  entity: { name: "person", joinKey: "person" },
  source: tap,
  features: every as (row: unknown) => Record<string, Expression>,
});

interface Tap {
  readonly person: string;
  readonly time: number;
  readonly late: number;
  readonly x: number;
  readonly word: string;
}
const taps = fc.record({
  person: fc.constantFrom("ann", "bob"),
  time: fc.integer({ min: 0, max: 20_000 }),
  late: fc.constantFrom(0, 0, 0, 700, 4000),
  x: fc.constantFrom(1, 2, -3, 0.1, Number.NaN),
  word: fc.constantFrom("a", "b", "c"),
});
const lists = fc.array(taps, { minLength: 5, maxLength: 40 });

function frameOfTaps(list: readonly Tap[]): Frame {
  return frameOf({
    person: {
      kind: "string",
      name: "person",
      codes: Int32Array.from(list, ({ person }) => Number(person === "bob")),
      dictionary: ["ann", "bob"],
    },
    time: { kind: "time", name: "time", values: Float64Array.from(list, ({ time }) => time) },
    known_time: {
      kind: "time",
      name: "known_time",
      values: Float64Array.from(list, ({ time, late }) => time + late),
    },
    x: Float64Array.from(list, ({ x }) => x),
    word: {
      kind: "string",
      name: "word",
      codes: Int32Array.from(list, ({ word }) => "abc".indexOf(word)),
      dictionary: ["a", "b", "c"],
    },
  });
}

type Answer = (source: Frame, asked: Frame) => Frame;
const answer: Answer = (source, asked) =>
  answerView(all, { source, spine: spineOf(asked, { key: "person", time: "time" }) });

/** Whether each answer stays as it is when everything that was not known at its time becomes something else. */
function leaks(list: readonly Tap[], other: readonly Tap[], how: Answer): boolean {
  const asked = [0, 500, 3000, 9000, 9001, 15_000, 20_000, 30_000];
  const spine = frameOf({
    person: asked.flatMap(() => ["ann", "bob"]),
    time: { kind: "time", name: "time", values: Float64Array.from(asked.flatMap((time) => [time, time])) },
  });
  const whole = how(frameOfTaps(list), spine);
  return asked.some((time, at) => {
    const unknown = (tap: Tap): boolean => tap.time > time || tap.time + tap.late > time;
    const past = list.filter((tap) => !unknown(tap));
    const altered = list.filter(unknown).map((tap) => ({ ...tap, x: -tap.x * 7, word: "c", person: "bob" }));
    const rest = [other.filter(unknown), altered, list.filter(unknown).toReversed(), []];
    const rows = Int32Array.of(2 * at, 2 * at + 1);
    const wanted = JSON.stringify(bytes(takeRows(whole, rows)));
    return rest.some((future) => {
      // Past and future mixed as they may lie in a file; the order of the past stays.
      const mixed = [...future.slice(0, 3), ...past, ...future.slice(3)];
      return JSON.stringify(bytes(takeRows(how(frameOfTaps(mixed), spine), rows))) !== wanted;
    });
  });
}

/** Every value with its bits. */
function bytes(rows: Frame): unknown {
  return rows.columns.map((column) => {
    if (column.kind === "string") return Array.from(column.codes, (code) => column.dictionary[code] ?? null);
    if (column.kind === "series" || column.kind === "bytes") return column.name;
    const { values } = column;
    const validity = "validity" in column ? [...(column.validity ?? [])] : [];
    return [[...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)], validity];
  });
}

describe("nothing that was not known at a question's time changes its answer", () => {
  test("for every aggregate and window: same bytes", () => {
    fc.assert(
      fc.property(lists, lists, (list, other) => !leaks(list, other, answer)),
      { numRuns: 30 },
    );
  });

  test("and the check fails for one that forgets when rows became known, or that looks ahead", () => {
    const list: Tap[] = [
      { person: "ann", time: 100, late: 0, x: 1, word: "a" },
      { person: "ann", time: 8000, late: 4000, x: 2, word: "b" },
    ];
    const forgets: Answer = (source, asked) =>
      answerView(all, { source, spine: spineOf(asked, { key: "person", time: "time" }), knownTime: "time" });
    expect(leaks(list, [], answer)).toBe(false);
    expect(leaks(list, [], forgets)).toBe(true);
    const ahead: Answer = (source, asked) => {
      const [person, time] = [asked.columns[0]!, asked.columns[1]!];
      if (time.kind !== "time") throw new Error("no time");
      return answer(
        source,
        frameOf({ person, time: { ...time, values: time.values.map((value) => value + 1000) } }),
      );
    };
    expect(leaks([{ ...list[0]!, time: 3500 }], [], ahead)).toBe(true);
  });
});

test("a view is answered for a spine and nothing else", () => {
  const rows = frameOfTaps([{ person: "ann", time: 1, late: 0, x: 1, word: "a" }]);
  // @ts-expect-error a frame is no spine: nobody said which column its times are
  expect(() => answerView(all, { source: rows, spine: rows })).toThrow("spineOf");
  expect(() => spineOf(rows, { key: "x", time: "time" })).toThrow(/a string or integer column/u);
  const { columns } = rows;
  const holes = frameOf({
    person: columns[0]!,
    time: { kind: "time", name: "time", values: Float64Array.of(Number.NaN) },
  });
  expect(() => spineOf(holes, { key: "person", time: "time" })).toThrow("none in row 0");
});
