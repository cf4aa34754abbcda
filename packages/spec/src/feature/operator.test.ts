import { describe, expect, it } from "vitest";
import { compareScalars, compareStrings } from "./order.ts";
import { type OperatorName, operatorOf } from "./operator.ts";
import { readScalar, type Scalar, type ScalarType } from "./scalar.ts";

const MAX = Number.MAX_SAFE_INTEGER;
const NAN = Number.NaN;
const INF = Number.POSITIVE_INFINITY;

/** Operator, the type of its result, arguments, value. */
const CASES: readonly (readonly [OperatorName, ScalarType, readonly Scalar[], Scalar])[] = [
  ["add", "int64", [MAX, 1], null],
  ["add", "int64", [MAX, 0], MAX],
  ["add", "float64", [MAX, 1], 2 ** 53],
  ["add", "float64", [null, 1], null],
  ["add", "time", [8.64e15, 1], null],
  ["subtract", "int64", [-MAX, 1], null],
  ["multiply", "int64", [94_906_267, 94_906_267], null],
  ["multiply", "int64", [94_906_265, 94_906_265], 9_007_199_136_250_225],
  ["multiply", "float64", [0, -1], 0],
  ["divide", "float64", [1, 0], null],
  ["divide", "float64", [NAN, 0], null],
  ["divide", "float64", [1, NAN], NAN],
  ["floor", "float64", [-0.5], -1],
  ["log1p", "float64", [-1], null],
  ["log1p", "float64", [INF], INF],
  ["eq", "boolean", [NAN, NAN], true],
  ["gt", "boolean", [NAN, INF], true],
  ["lt", "boolean", ["\uFFFD", "\u{1F600}"], true],
  ["eq", "boolean", ["e\u0301", "\u00E9"], false],
  ["eq", "boolean", [null, null], null],
  ["least", "float64", [null, NAN], NAN],
  ["least", "float64", [1, NAN], 1],
  ["greatest", "float64", [1, NAN], NAN],
  ["greatest", "string", [null, null], null],
  ["and", "boolean", [null, false], false],
  ["and", "boolean", [null, true], null],
  ["or", "boolean", [null, true], true],
  ["or", "boolean", [null, false], null],
  ["not", "boolean", [null], null],
  ["if", "string", [null, "yes", "no"], "no"],
  ["is_null", "boolean", [null], true],
  ["is_nan", "boolean", [null], null],
  ["coalesce", "float64", [null, NAN, 1], NAN],
  ["hour_of_day", "int64", [-1], 23],
  ["hour_of_day", "int64", [-86_400_000], 0],
  ["day_of_week", "int64", [0], 4],
  ["day_of_week", "int64", [-1], 3],
  ["day_of_week", "int64", [345_600_000], 1],
];

describe("operators", () => {
  it.each(CASES)("%s to %s of %o is %o", (name, type, args, value) => {
    expect(operatorOf(name).apply(args, type)).toBe(value);
  });

  it("tell the clock as ECMAScript does", () => {
    for (const time of [-8.64e15, -86_400_001, 951_782_400_000, 1_700_000_000_000, 8.64e15]) {
      const date = new Date(time);
      expect(operatorOf("hour_of_day").apply([time], "int64")).toBe(date.getUTCHours());
      expect(operatorOf("day_of_week").apply([time], "int64")).toBe(date.getUTCDay() || 7);
    }
  });
});

describe("the order of values", () => {
  it("is that of code points, which is that of UTF-8 bytes", () => {
    const texts = ["", "a", "ab", "b", "\uD7FF", "\uE000", "\uFFFD", "\u{10000}", "\u{1F600}", "\u{1F600}a"];
    for (const left of texts) {
      for (const right of texts) {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareStrings(left, right))).toBe(bytes);
      }
    }
  });

  it("is total with NaN as the greatest", () => {
    expect([NAN, 1, INF, -INF].sort(compareScalars)).toEqual([-INF, 1, INF, NAN]);
    expect(compareScalars(false, true)).toBe(-1);
  });
});

describe("readScalar", () => {
  it("brings raw values into their type", () => {
    expect(readScalar("float64", -0, "x")).toBe(0);
    expect(readScalar("int64", 2n ** 63n - 1n, "x")).toBe(null);
    expect(readScalar("int64", -7n, "x")).toBe(-7);
    expect(readScalar("time", 8.64e15 + 2, "x")).toBe(null);
    expect(readScalar("string", "a\uD83D", "x")).toBe("a\uFFFD");
    expect(() => readScalar("int64", 0.5, "x")).toThrow("FEATURE_ILLEGAL");
    expect(() => readScalar("boolean", 1, "x")).toThrow("FEATURE_ILLEGAL");
  });
});
