import { describe, expect, expectTypeOf, it } from "vitest";
import { isTidelineError } from "../error.ts";
import { event } from "../event.ts";
import { t } from "../type.ts";
import {
  add,
  asOf,
  checkView,
  coalesce,
  columnsOf,
  count,
  diff,
  divide,
  eq,
  type Expression,
  type FeatureColumns,
  type Features,
  ifElse,
  interpretView,
  lag,
  last,
  literal,
  lt,
  mean,
  multiply,
  quantile,
  recency,
  rowTime,
  subtract,
  sum,
  view,
} from "./index.ts";

const tap = event(
  "tap",
  { target: t.string(), size: t.float(), rank: t.int(), at: t.time(), trace: t.vector(3) },
  { purpose: "analytics", retain: "90d" },
);
const entity = { name: "person", joinKey: "subject" };
const ofFeatures = (features: Features) => view("v", { entity, source: tap, features: () => features });

/** The message of a refusal, which must be FEATURE_ILLEGAL. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isTidelineError(error, "FEATURE_ILLEGAL")) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("view", () => {
  const engagement = view("engagement", {
    entity,
    source: tap,
    features: (row) => ({
      taps_10m: count({ within: "10m" }),
      mean_size: mean(row.size, { where: eq(row.target, "play") }),
      latest: last(row.target),
      share: divide(count({ within: "10m" }), count({ within: "1h" })),
    }),
  });

  it("is frozen JSON that survives a round trip and passes its own check", () => {
    const copy: unknown = JSON.parse(JSON.stringify(engagement));
    expect(copy).toEqual(engagement);
    expect(checkView(copy)).toEqual(engagement);
    const nodes: unknown[] = [engagement];
    for (const node of nodes) {
      if (typeof node !== "object" || node === null) continue;
      expect(node).toSatisfy(Object.isFrozen);
      nodes.push(...Object.values(node));
    }
  });

  it("names only the columns that its features read", () => {
    expect(engagement.source).toEqual({ event: "tap", columns: { size: "float64", target: "string" } });
  });

  it("knows its types", () => {
    expectTypeOf<FeatureColumns<typeof engagement>>().toEqualTypeOf<{
      readonly taps_10m: readonly (number | null)[];
      readonly mean_size: readonly (number | null)[];
      readonly latest: readonly (string | null)[];
      readonly share: readonly (number | null)[];
    }>();
    view("typed", {
      entity,
      source: tap,
      features: (row) => {
        expectTypeOf(add(row.rank, row.rank)).toEqualTypeOf<Expression<"int64">>();
        expectTypeOf(add(row.rank, 1)).toEqualTypeOf<Expression<"int64">>();
        expectTypeOf(add(row.rank, row.size)).toEqualTypeOf<Expression<"float64">>();
        expectTypeOf(subtract(row.at, rowTime())).toEqualTypeOf<Expression<"int64">>();
        expectTypeOf(subtract(row.at, 5)).toEqualTypeOf<Expression<"time">>();
        expectTypeOf(row).not.toHaveProperty("trace");
        // @ts-expect-error a string is no number
        expect(refusal(() => multiply(row.target, 2))).toContain("literal");
        // @ts-expect-error a number is compared with numbers
        expect(refusal(() => eq(row.size, "big"))).toContain('received "big"');
        // @ts-expect-error a mean needs a number
        expect(refusal(() => mean(row.target))).toContain("mean");
        return { n: count() };
      },
    });
  });

  it("refuses a field that the event does not have, or that is no scalar", () => {
    const reach = (name: string) => () =>
      view("v", { entity, source: tap, features: (row) => ({ n: last((row as never)[name]) }) });
    expect(refusal(reach("colour"))).toBe(
      'event "tap": colour: expected one of its scalar fields (target, size, rank, at), received no such field. ' +
        "Declare the field on the event, or use the framer for vectors and frames. [FEATURE_ILLEGAL]",
    );
    expect(refusal(reach("trace"))).toContain("received a vector field");
  });

  it("refuses expressions out of place: columns outside, questions inside, aggregates in aggregates", () => {
    const column = { kind: "column", type: "float64", name: "size" } as const;
    expect(refusal(() => ofFeatures({ x: column }))).toContain("only inside an aggregate");
    expect(refusal(() => ofFeatures({ x: rowTime() }))).toContain("only inside an aggregate");
    expect(refusal(() => ofFeatures({ x: last(asOf()) }))).toContain("only outside an aggregate");
    expect(refusal(() => ofFeatures({ x: sum(count()) }))).toContain("only outside an aggregate");
    expect(refusal(() => ofFeatures({}))).toContain("at least one feature");
    expect(refusal(() => ofFeatures({ "Not a name": count() }))).toContain("snake_case");
    let deep: Expression<"int64"> = count();
    for (let depth = 0; depth < 200; depth += 1) deep = add(deep, 1);
    expect(refusal(() => ofFeatures({ deep }))).toContain("a depth of at most 100");
  });

  it("refuses JSON that was tampered with", () => {
    const tamper = (from: string, to: string) => () =>
      checkView(JSON.parse(JSON.stringify(engagement).replaceAll(from, to)));
    expect(tamper("", "")).not.toThrow();
    expect(refusal(tamper('"divide"', '"constructor"'))).toContain('received "constructor"');
    expect(refusal(tamper('"mean"', '"median"'))).toContain('received "median"');
    expect(refusal(tamper(":600000", ":-1"))).toContain("received -1");
    expect(refusal(tamper(":600000", ":0.5"))).toContain("received 0.5");
    expect(refusal(tamper('"name":"size"', '"name":"__proto__"'))).toContain("no such column");
    expect(refusal(tamper('"size":"float64"', '"size":"int64"'))).toContain("FEATURE_ILLEGAL");
    expect(refusal(tamper('"value":"play"', '"value":7'))).toContain("FEATURE_ILLEGAL");
    expect(refusal(tamper('"type":"int64"', '"type":"float64"'))).toContain("expected int64");
    expect(refusal(() => checkView(null))).toContain("received null");
  });

  it("refuses numbers of aggregates that they cannot be made with", () => {
    const row = columnsOf(tap);
    for (const probability of [-0.1, 1.1, Number.NaN, "0.5"] as number[])
      expect(refusal(() => quantile(row.size, probability))).toContain("a probability from 0 to 1");
    for (const back of [0, 1001, 0.5, Number.NaN, undefined] as number[])
      expect(refusal(() => lag(row.target, back))).toContain("a whole number of rows from 1 to 1000");
    const view = ofFeatures({ x: quantile(row.size, 0.25), y: count(), z: diff(row.at, 3) });
    const tamper = (from: string, to: string) => () =>
      checkView(JSON.parse(JSON.stringify(view).replaceAll(from, to)));
    expect(tamper("", "")).not.toThrow();
    expect(refusal(tamper('"parameter":0.25', '"parameter":null'))).toContain("quantile.parameter");
    expect(refusal(tamper(',"parameter":3', ""))).toContain("lag.parameter");
    expect(refusal(tamper('"name":"quantile"', '"name":"max"'))).toContain(
      "max.parameter: expected no number",
    );
    expectTypeOf(diff(row.at, 3)).toEqualTypeOf<Expression<"int64">>();
    expect(view.features["z"]!.type).toBe("int64");
  });

  it("refuses literals without a JSON or SQL form", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) refusal(() => literal("float64", value));
    refusal(() => literal("int64", 0.5));
    refusal(() => literal("int64", 2 ** 53));
    refusal(() => literal("string", "a\0b"));
    refusal(() => literal("string", "\uD83D"));
    expect(literal("float64", -0).value).toBe(0);
    for (const within of ["10", "-1s", "0s", "0.0001s", "1y"])
      refusal(() => count({ within: within as "1s" }));
  });
});

describe("interpretView", () => {
  const row = (time: number, knownTime: number, fields: Record<string, unknown> = {}) => ({
    time,
    knownTime,
    fields,
  });

  it("opens the window below and closes it at the question", () => {
    const taps = ofFeatures({ n: count({ within: "10ms" }), since: recency() });
    const rows = new Map([["a", [row(0, 0), row(10, 10), row(10, 12)]]]);
    const spine = [-1, 0, 9, 10, 12, 19, 20].map((time) => ({ key: "a", time }));
    expect(interpretView(taps, rows, spine)).toEqual({
      n: [0, 1, 1, 1, 2, 2, 0],
      since: [null, 0, 0.009, 0, 0.002, 0.009, 0.01],
    });
  });

  it("combines aggregates afterwards", () => {
    const taps = ofFeatures({
      share: coalesce(divide(count({ within: "1s" }), count()), -1),
      busy: ifElse(lt(count(), 2), literal("string", "no"), "yes"),
    });
    const rows = new Map([["a", [row(0, 0), row(5000, 5000)]]]);
    const spine = ["a", "b"].map((key) => ({ key, time: 5000 }));
    expect(interpretView(taps, rows, spine)).toEqual({ share: [0.5, -1], busy: ["yes", "no"] });
  });

  it("refuses values of another type, and times that are none", () => {
    const sizes = view("v", { entity, source: tap, features: ({ size }) => ({ total: sum(size) }) });
    const ask =
      (value: unknown, time = 0) =>
      () =>
        interpretView(sizes, new Map([["a", [row(0, 0, { size: value })]]]), [{ key: "a", time }]);
    expect(refusal(ask("3"))).toBe(
      'row: tap.size: expected float64, received "3". ' +
        "Send the row through the event's schema check first. [FEATURE_ILLEGAL]",
    );
    expect(refusal(ask(1, 0.5))).toContain("integer milliseconds");
    expect(ask(undefined)()).toEqual({ total: [null] });
  });
});
