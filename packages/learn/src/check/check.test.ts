import { expect, test } from "vitest";
import { chain } from "../transform/chain.ts";
import { readChain } from "../transform/read-chain.ts";
import { standardScaler } from "../transform/scale/standard-scaler.ts";
import type { Frame } from "../frame/column.ts";
import { concatFrames } from "../frame/concat-frames.ts";
import { frameDifference } from "../frame/equal-frames.ts";
import { filterRows } from "../frame/filter-rows.ts";
import { frameOf } from "../frame/frame-of.ts";
import { collectFrame, rebatchSource, sourceOf } from "../frame/frame-source.ts";
import { columnNamed, columnOfKind } from "../frame/frame.ts";
import { seededRandom } from "../random.ts";
import * as c from "../learn-check.ts";

const ROWS = 20_000;
const NOW = Date.parse("2026-03-01T00:00:00Z");
const q = { severity: "quarantine" } as const;

/** Plain columns of good rows. */
function goodColumns() {
  const random = seededRandom(3);
  const each = <T>(make: (row: number) => T): T[] => Array.from({ length: ROWS }, (_, row) => make(row));
  return {
    age: each(() => Math.floor(random.uniform() * 90)) as number[],
    load: each(() => random.uniform()),
    price: each(() => (random.uniform() * 9).toFixed(2)),
    city: each((row) => ["Bonn", "Ulm", "Köln"][row % 3]!),
    code: each((row) => `K${String(row % 977).padStart(3, "0")}`),
    id: each((row) => `id-${row}`),
    number: each((row) => row * 1.5),
    device: each((row) => `d${row % 7}`),
    at: each((row) => new Date(NOW - (ROWS - row) * 1000) as Date | null),
  };
}

const set = c.checks({
  columns: {
    age: [c.range(0, 130, q)],
    load: [c.finite(q), c.notMissing(q)],
    price: [c.type("float", q)],
    city: [c.oneOf(["Bonn", "Ulm", "Köln"], q)],
    code: [c.pattern(/^K\d{3}$/u, q), c.custom("even", q)],
    id: [c.unique(q)],
    number: [c.unique(q)],
    at: [c.rising({ by: "device", ...q }), c.notMissing(q), c.fresh({ within: "1d" })],
  },
  rows: [c.count({ atLeast: 1000 })],
});
const even: c.CustomTest = (column, rows) => {
  const { codes, dictionary } = column as Extract<typeof column, { kind: "string" }>;
  const out = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) out[row] = dictionary[codes[row]!] === "K999" ? 1 : 0;
  return out;
};
const options = { now: NOW, custom: { even } };

/** Each way of corrupting a row, with the reason that it must get. */
const WAYS: readonly (readonly [string, (columns: ReturnType<typeof goodColumns>, row: number) => void])[] = [
  ["age: range", ({ age }, row) => (age[row] = 131)],
  ["age: range", ({ age }, row) => (age[row] = -1)],
  ["load: finite", ({ load }, row) => (load[row] = -Infinity)],
  ["load: notMissing", ({ load }, row) => (load[row] = Number.NaN)],
  ["price: type float", ({ price }, row) => (price[row] = "12,5 EUR")],
  ["city: oneOf", ({ city }, row) => (city[row] = "bonn")],
  ["code: pattern", ({ code }, row) => (code[row] = `K12\u0663`)],
  ["code: even", ({ code }, row) => (code[row] = "K999")],
  ["id: unique", ({ id }, row) => (id[row] = "id-0")],
  ["number: unique", ({ number }, row) => (number[row] = 0)],
  ["at: notMissing", ({ at }, row) => (at[row] = null)],
  ["at: rising", ({ at }, row) => (at[row] = new Date(0))],
];

function corrupted(): { good: Frame; bad: Frame; reasonOf: ReadonlyMap<number, string> } {
  const [before, columns] = [goodColumns(), goodColumns()];
  const random = seededRandom(5);
  const reasonOf = new Map<number, string>();
  for (let n = 0; reasonOf.size < ROWS / 100; n++) {
    // The first rows of a device stay, so that a time has one before it.
    const row = 10 + Math.floor(random.uniform() * (ROWS - 10));
    if (reasonOf.has(row)) continue;
    const [reason, corrupt] = WAYS[n % WAYS.length]!;
    corrupt(columns, row);
    reasonOf.set(row, reason);
  }
  return { good: frameOf(before), bad: frameOf(columns), reasonOf };
}

test("1 % of rows corrupted in each way end in quarantine for their reason, the others come through as they were", async () => {
  const { good, bad, reasonOf } = corrupted();
  const stay = Uint8Array.from({ length: ROWS }, (_, row) => (reasonOf.has(row) ? 0 : 1));
  for (const size of [ROWS, 1777]) {
    const quarantined: Frame[] = [];
    let report: c.CheckReport | undefined;
    const source = c.checkedSource(set, rebatchSource(sourceOf(bad), size), {
      ...options,
      onQuarantined: (rows) => void quarantined.push(rows),
      onReport: (one) => void (report = one),
    });
    const through = await collectFrame(source);
    expect(frameDifference(through, filterRows(good, stay), { storage: true })).toBeUndefined();
    const out = concatFrames(quarantined);
    expect(out.rows + through.rows).toBe(ROWS);
    const places = columnOfKind(out, "quarantine_row", "float").values;
    const { codes, dictionary } = columnOfKind(out, "quarantine_reason", "string");
    const found = new Map([...places].map((place, row) => [place, dictionary[codes[row]!]!]));
    expect(found).toEqual(new Map([...reasonOf].sort(([a], [b]) => a - b)));
    expect(report).toMatchObject({
      verdict: "pass",
      rowsIn: ROWS,
      quarantined: ROWS / 100,
      rowsOut: ROWS * 0.99,
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  }
});

test("a row names every reason, and a check of order does not count a row that is gone", () => {
  const rows = frameOf({ id: ["a", "a", "a"], age: [200, 5, 6] });
  const own = c.checks({ columns: { id: [c.unique(q)], age: [c.range(0, 130, q), c.range(0, 150, q)] } });
  const { quarantined } = c.checkFrame(own, rows);
  const { codes, dictionary } = columnOfKind(quarantined, "quarantine_reason", "string");
  expect([...codes].map((code) => dictionary[code])).toEqual(["age: range; age: range", "id: unique"]);
});

test("combinations are unique in all of their columns, whole numbers in all 64 bits; a missing part is no value", () => {
  const of = (columns: Parameters<typeof frameOf>[0], options: Parameters<typeof c.unique>[0] = {}) => {
    const own = c.checks({ columns: { a: [c.unique({ ...q, ...options })] } });
    return [
      ...columnOfKind(c.checkFrame(own, frameOf(columns)).quarantined, "quarantine_row", "float").values,
    ];
  };
  const grid = Array.from({ length: 10_000 }, (_, row) => row);
  const [a, b] = [grid.map((row) => Math.floor(row / 100)), grid.map((row) => `t${row % 100}`)];
  expect(of({ a, b }, { with: ["b"] })).toEqual([]);
  expect(of({ a: [...a, 7, 7], b: [...b, "t3", null] }, { with: ["b"] })).toEqual([10_000]);
  expect(of({ a: [2n ** 53n, 2n ** 53n + 1n, 2n ** 53n] })).toEqual([2]);
  expect(of({ a: [0, -0, 1] })).toEqual([1]);
});

test("bounds, shares and severities decide the verdict", () => {
  const rows = frameOf({ x: [1, null, 3, 4], t: [1, 2, 3, 4].map((n) => new Date(NOW - n * 1000)) });
  const verdict = (columns: c.CheckSet["columns"], counts: readonly c.CountCheck[] = []) =>
    c.checkFrame(c.checks({ columns, rows: counts }), rows, { now: NOW }).report.verdict;
  expect(verdict({ x: [c.notMissing({ share: 0.25 })] })).toBe("pass");
  expect(verdict({ x: [c.notMissing({ share: 0.24 })] })).toBe("fail");
  expect(verdict({ x: [c.notMissing({ severity: "warn" })] })).toBe("warn");
  expect(verdict({ x: [c.notMissing({ ...q, share: 0.1 })] })).toBe("fail");
  expect(verdict({ y: [c.notMissing()] })).toBe("fail");
  expect(verdict({ t: [c.fresh({ within: "1s" })] })).toBe("pass");
  expect(verdict({ t: [c.fresh({ within: "999ms" })] })).toBe("fail");
  const later = c.checks({ columns: { t: [c.fresh({ within: "1d" })] } });
  expect(c.checkFrame(later, rows, { now: NOW - 1001 }).report.verdict).toBe("fail");
  expect(verdict({ t: [c.range("2026-02-28T23:59:56Z", "2026-03-01")] })).toBe("pass");
  expect(verdict({ t: [c.range("2026-02-28T23:59:57Z", "2026-03-01")] })).toBe("fail");
  expect(verdict({ t: [c.rising()] })).toBe("fail");
  expect(verdict({}, [c.count({ atLeast: 5 })])).toBe("fail");
  expect(verdict({}, [c.count({ atMost: 4 })])).toBe("pass");
});

test("a distribution is held against its reference; values of scipy", () => {
  const texts = (counts: readonly number[]) =>
    frameOf({ x: counts.flatMap((n, at) => Array<string>(n).fill("abc"[at]!)) });
  const reference = c.referenceOf(columnNamed(texts([50, 30, 20]), "x"));
  const own = c.checks({ columns: { x: [c.like(reference, { test: "chi-square", pAtLeast: 0.01 })] } });
  const { findings } = c.checkFrame(own, texts([30, 30, 40])).report;
  // scipy.stats.chi2_contingency([[50, 30, 20], [30, 30, 40]]).pvalue
  expect(findings[0]).toMatchObject({ passed: false, value: expect.closeTo(0.0029282996948181, 12) });
  const numbers = Float64Array.from({ length: 1000 }, (_, at) => at);
  const of = (values: Float64Array, test: "ks" | "psi") =>
    c.checkFrame(
      c.checks({
        columns: {
          x: [c.like(c.referenceOf(columnNamed(frameOf({ x: numbers }), "x"), 100), { test, atMost: 0.1 })],
        },
      }),
      frameOf({ x: values }),
    ).report.findings[0];
  expect(of(numbers, "ks")).toMatchObject({ passed: true, value: 0 });
  expect(of(numbers, "psi")).toMatchObject({ passed: true, value: 0 });
  const moved = of(
    numbers.map((value) => value + 200),
    "ks",
  )!;
  expect(moved.passed).toBe(false);
  expect(Math.abs(moved.value! - 0.2)).toBeLessThan(0.011);
});

test("checks behind the steps of a chain quarantine, report, fail and are stored", async () => {
  const table = frameOf({ x: [1, 2, 3, 4, 900], id: ["a", "b", "b", "c", "d"] });
  const steps = c.checkedSteps([standardScaler({ columns: ["x"] })], {
    [-1]: { set: c.checks({ columns: { x: [c.range(0, 100, q)], id: [c.unique(q)] } }) },
    0: { set: c.checks({ columns: { x: [c.range(-1.3, 1.3, q)] }, rows: [c.count({ atLeast: 1 })] }) },
  });
  const { chain: fitted, rows } = chain(steps).fitTransform(table);
  expect(fitted.log.map(({ rowsIn, rowsOut, why }) => [rowsIn, rowsOut, why])).toEqual([
    [5, 3, { "id: unique": 1, "x: range": 1 }],
    [3, 3, {}],
    [3, 2, { "x: range": 1 }],
  ]);
  expect(rows.rows).toBe(2);
  expect(c.checkReports(fitted).map(({ step, report }) => [step, report.quarantined])).toEqual([
    [0, 2],
    [2, 1],
  ]);
  for (const again of [
    fitted,
    readChain(fitted.store()),
    await chain(steps).fitSource(rebatchSource(sourceOf(table), 2)),
  ]) {
    const found: unknown[] = [];
    for await (const { step, rows: bad } of c.quarantinedRows(again, rebatchSource(sourceOf(table), 2)))
      found.push([step, ...columnOfKind(bad, "quarantine_row", "float").values]);
    expect(found).toEqual([
      [0, 2],
      [2, 3],
      [0, 4],
    ]);
  }
  const strict = c.checkedSteps([standardScaler({ columns: ["x"] })], {
    0: { set: c.checks({ columns: { x: [c.range(-1, 1)] } }) },
  });
  expect(() => chain(strict).fit(table)).toThrow(/CHECK_FAILED/u);
});

test("what is no check is refused", () => {
  const wrong: readonly (() => unknown)[] = [
    () => c.checks({ columns: { x: [{ check: "rnage" } as never] } }),
    () => c.checks({ columns: { x: [c.range(2, 1)] } }),
    () => c.checks({ columns: { x: [c.range(-Infinity, Infinity)] } }),
    () => c.checks({ columns: { x: [c.pattern(/a/gu)] } }),
    () => c.checks({ columns: { x: [{ check: "pattern", source: "(", flags: "u" }] } }),
    () => c.checks({ columns: { x: [c.fresh({ within: "soon" })] } }),
    () => c.checks({ columns: { x: [c.fresh({ within: "1d", severity: "quarantine" })] } }),
    () => c.checks({ columns: { x: [c.count({ atLeast: 1 }) as never] } }),
    () => c.checkRows({ set: c.checks({ columns: { x: [c.custom("own")] } }) }),
  ];
  for (const make of wrong) expect(make).toThrow(/DEFINITION_ILLEGAL/u);
  const fresh = c.checks({ columns: { x: [c.fresh({ within: "1d" })] } });
  expect(() => c.checkFrame(fresh, frameOf({ x: [1] }))).toThrow(/ARGUMENT_INVALID.*|now/u);
  expect(() => c.checkFrame(c.checks({}), frameOf({ quarantine_row: [1] }))).toThrow(/ARGUMENT_INVALID/u);
  expect(JSON.parse(JSON.stringify(set))).toEqual(set);
});

test.each([
  ["nothing", () => undefined],
  ["a list", () => [1, 0]],
  ["too few", () => new Uint8Array(1)],
])("a check of one's own that gives %s for its verdicts ends the run", (_, own) => {
  const set = c.checks({ columns: { x: [c.custom("own")] } });
  const rows = frameOf({ x: Float64Array.of(1, 2) });
  expect(() => c.checkFrame(set, rows, { custom: { own: own as unknown as c.CustomTest } })).toThrow(
    /custom\.own: expected a Uint8Array of 2.*DEFINITION_ILLEGAL/u,
  );
});

test("options that there are not, of one check or of a run, are refused where they are written", () => {
  const strange = { sevrity: "warn" } as object;
  for (const make of [
    () => c.range(0, 1, strange),
    () => c.range(0, 1, { atLeast: -5 } as object),
    () => c.notMissing({ check: "finite" } as object),
    () => c.custom("own", { name: "other" } as object),
    () => c.count({ atLest: 5 } as object),
    () => c.unique({ by: "id" } as object),
    () => c.finite(5 as unknown as object),
    () => c.type("float", null as unknown as object),
    () => c.pattern("x" as unknown as RegExp),
    () => c.referenceOf(columnNamed(frameOf({ a: [1] }), "a"), 0),
    // A set that nobody held against its forms.
    () =>
      c.checkFrame(
        { columns: { a: [{ check: "range", atLeast: 0, ...strange }] }, rows: [] },
        frameOf({ a: [1] }),
      ),
    () => c.checkFrame(c.checks({}), frameOf({ a: [1] }), { nwo: 1 } as object),
  ])
    expect(make).toThrow(/DEFINITION_ILLEGAL/u);
  expect(c.range(-Infinity, 1, { share: 0.5 })).toEqual({ check: "range", atMost: 1, share: 0.5 });
});
