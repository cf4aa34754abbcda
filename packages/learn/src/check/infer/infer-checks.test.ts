import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Frame, FrameSource } from "../../frame/column.ts";
import { columnOfKind, frame } from "../../frame/frame.ts";
import { frameOf } from "../../frame/frame-of.ts";
import { rebatchSource, sourceOf } from "../../frame/frame-source.ts";
import * as c from "../../learn-check.ts";
import { seededRandom } from "../../random.ts";

const ROWS = 1500;
const NOW = Date.parse("2026-03-01T00:00:00Z");

/** Plain columns of a table of good rows. */
function goodColumns() {
  const random = seededRandom(3);
  const each = <T>(make: (row: number) => T): T[] => Array.from({ length: ROWS }, (_, row) => make(row));
  return {
    id: each((row) => `id-${row + 100}`) as string[],
    number: each((row) => row),
    age: each(() => Math.floor(random.uniform() * 90)) as (number | null)[],
    load: each(() => random.uniform()),
    price: each(() => (random.uniform() * 9).toFixed(2)),
    city: each((row) => ["Bonn", "Ulm", "Köln"][row % 3]!),
    email: each((row) => `p${row % 40}@example.org`),
    user: each((row) => ["Ann", "Bob"][row % 2]!),
    note: each((row) => (row % 5 === 0 ? `as agreed, ${row}` : null)),
    day: each((row) => `2026-02-${String(1 + (row % 28)).padStart(2, "0")}`),
    on: each((row) => row % 4 === 0) as (boolean | null)[],
    at: each((row) => new Date(NOW - (ROWS - row) * 1000)) as (Date | null)[],
  };
}
type Columns = ReturnType<typeof goodColumns>;

const run = (set: c.CheckSet, rows: Frame) => c.checkFrame(set, rows, { now: NOW }).report;
const broken = (report: c.CheckReport) =>
  report.findings.filter(({ passed }) => !passed).map(({ column, check }) => `${column}: ${check}`);

test("a sample passes what was inferred from it, whichever its pieces", async () => {
  const rows = frameOf(goodColumns());
  const { set, notes } = await c.inferChecks(rows, { now: NOW });
  expect(broken(run(set, rows))).toEqual([]);
  expect(await c.inferChecks(rebatchSource(sourceOf(rows), 333), { now: NOW })).toMatchObject({ set, notes });
  const names = (column: string) => set.columns[column]!.map((one) => one.check);
  expect(names("id")).toEqual(["type", "notMissing", "unique", "pattern"]);
  expect(set.columns["id"]).toContainEqual({ check: "pattern", source: "^id-\\d{3,}$", flags: "u" });
  expect(names("number")).toEqual(["type", "notMissing", "unique", "finite"]);
  expect(set.columns["age"]).toContainEqual({ check: "range", atLeast: 0, atMost: 98 });
  expect(set.columns["load"]).toContainEqual({ check: "range", atLeast: 0, atMost: 1 });
  expect(set.columns["price"]).toContainEqual({ check: "type", kind: "float" });
  expect(set.columns["day"]).toContainEqual({ check: "type", kind: "time" });
  expect(set.columns["city"]).toContainEqual({ check: "oneOf", values: ["Bonn", "Köln", "Ulm"] });
  expect(set.columns["note"]).toContainEqual({ check: "notMissing", share: 0.831 });
  expect(set.columns["at"]).toContainEqual({ check: "range", atLeast: "2026-01-01" });
  expect(set.columns["at"]).toContainEqual({ check: "fresh", within: "1d", severity: "warn" });
  expect(names("age")).toContain("like");
  expect(names("on")).toEqual(["type", "notMissing", "like"]);
  expect(set.rows).toEqual([
    { check: "count", atLeast: 750 },
    { check: "count", atMost: 3000, severity: "warn" },
  ]);
});

const some = (change: (row: number) => void) => {
  for (let row = 0; row < ROWS; row += 100) change(row);
};
/** Each way in which a table may go wrong, with what must say so. */
const WAYS: readonly (readonly [string, (columns: Columns) => void])[] = [
  ["age: range", (all) => some((row) => (all.age[row] = 131))],
  ["age: range", (all) => some((row) => (all.age[row] = -1))],
  ["age: notMissing", (all) => some((row) => (all.age[row] = null))],
  ["age: like", (all) => (all.age = all.age.map((age) => Math.floor(age! / 2)))],
  ["load: finite", (all) => some((row) => (all.load[row] = -Infinity))],
  ["load: notMissing", (all) => some((row) => (all.load[row] = Number.NaN))],
  ["price: type", (all) => some((row) => (all.price[row] = "12,5 EUR"))],
  ["city: oneOf", (all) => some((row) => (all.city[row] = "bonn"))],
  ["city: like", (all) => (all.city = all.city.map(() => "Ulm"))],
  ["id: pattern", (all) => some((row) => (all.id[row] = `id-12\u0663${row}`))],
  ["id: unique", (all) => some((row) => (all.id[row] = "id-100"))],
  ["number: unique", (all) => some((row) => (all.number[row] = 0))],
  ["email: pattern", (all) => some((row) => (all.email[row] = "nobody"))],
  ["day: type", (all) => some((row) => (all.day[row] = "2026-02-30"))],
  ["at: range", (all) => some((row) => (all.at[row] = new Date(0)))],
  ["at: fresh", (all) => (all.at = all.at.map((at) => new Date(at!.getTime() - 2.6e9)))],
  ["note: notMissing", (all) => (all.note = all.note.map(() => null))],
];

test("a corrupted copy breaks the check that says so", async () => {
  const { set } = await c.inferChecks(frameOf(goodColumns()), { now: NOW });
  for (const [reason, corrupt] of WAYS) {
    const columns = goodColumns();
    corrupt(columns);
    const report = run(set, frameOf(columns));
    expect(broken(report), reason).toContain(reason);
    expect(report.verdict, reason).toBe(/like|fresh/u.test(reason) ? "warn" : "fail");
  }
  const few = frameOf(
    Object.fromEntries(Object.entries(goodColumns()).map(([name, own]) => [name, own.slice(0, 9)])),
  );
  expect(broken(run(set, few))).toContain("null: count");
});

test("rows that differ from the sample go to quarantine for their reason, the others come through", async () => {
  const { set } = await c.inferChecks(frameOf(goodColumns()), { severity: "quarantine" });
  const columns = goodColumns();
  const ways = [
    ["age: range", columns.age, 131],
    ["age: notMissing", columns.age, null],
    ["load: range", columns.load, 1.5],
    ["load: finite; load: range", columns.load, -Infinity],
    ["price: type float", columns.price, "12,5 EUR"],
    ["city: oneOf", columns.city, "bonn"],
    ["id: pattern", columns.id, "id-12\u0663"],
    ["id: unique", columns.id, "id-100"],
    ["number: unique", columns.number, 0],
    ["email: pattern", columns.email, "nobody"],
    ["day: type time", columns.day, "2026-02-30"],
    ["at: range", columns.at, new Date(0)],
  ] as const;
  const reasonOf = new Map<number, string>();
  for (let row = 7; row < ROWS; row += 97) {
    const [reason, column, value] = ways[reasonOf.size % ways.length]!;
    (column as unknown[])[row] = value;
    reasonOf.set(row, reason);
  }
  const { rows, quarantined, report } = c.checkFrame(set, frameOf(columns), { now: NOW });
  const { codes, dictionary } = columnOfKind(quarantined, "quarantine_reason", "string");
  const places = columnOfKind(quarantined, "quarantine_row", "float").values;
  expect(new Map([...places].map((place, row) => [place, dictionary[codes[row]!]!]))).toEqual(reasonOf);
  expect(rows.rows + reasonOf.size).toBe(ROWS);
  expect(report.verdict).toBe("pass");
});

test("no value of people is told, and none that few rows have", async () => {
  const random = seededRandom(5);
  const each = <T>(make: (row: number) => T): T[] => Array.from({ length: ROWS }, (_, row) => make(row));
  const secret = 71_234_567;
  const rows = frameOf({
    user: each((row) => ["Annabel", "Bertram"][row % 2]!),
    contact: each((row) => `zoe${row % 3}@example.org`),
    who: each((row) => ["Carla Meyer", "Dora Smith", "Emil Jones", "Fritz Braun"][row % 4]!),
    town: each((row) => (row === 7 ? "Gundelfingen" : ["Bonn", "Ulm"][row % 2]!)),
    mixed: each((row) => (row % 2 === 0 ? "unknown" : "henry@example.org")),
    phone: each((row) => 15_155_512_000 + (row % 17)),
    income: each((row) => (row === 5 ? secret : Math.floor(20_000 + 9000 * random.normal()))),
    clan: each((row) => `Iwanow-${row % 30}`),
    chosen: each((row) => ["Jonas", "Karla"][row % 2]!),
  });
  const { set, notes } = await c.inferChecks(rows, { personal: ["chosen"] });
  const told = c.checksModule(set, { notes }) + c.checksJson(set);
  for (const text of ["Annabel", "zoe", "Meyer", "Gundel", "henry", "555", String(secret), "Jonas"])
    expect(told).not.toContain(text);
  expect(told).toContain("Bonn");
  expect(broken(run(set, rows))).toEqual([]);
  expect(notes.map(({ column }) => column)).toEqual(["user", "contact", "who", "mixed", "phone", "chosen"]);
});

test("whatever comes: what is inferred holds for the sample, is plain data and goes through both files", async () => {
  const letter = fc.constantFrom(..."aZ09 -_.:/*\"'`${}\\\u0000\n\u202e\u2028é😀\ud800");
  const text = fc.oneof(
    fc.string({ unit: letter, maxLength: 12 }),
    fc.constantFrom(
      "",
      "nan",
      "inf",
      "007",
      "-0",
      "1e999",
      "2026-02-30",
      "`${1}`",
      "*/",
      "\u2028",
      "__proto__",
    ),
    fc.integer().map(String),
    fc.stringMatching(/^[A-Z]{1,2}-\d{1,3}$/u),
  );
  const number = fc.oneof(
    fc.double(),
    fc.constantFrom(-0, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53),
  );
  const wide = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const values = fc.oneof(
    fc.array(fc.option(text), { minLength: 1, maxLength: 30 }),
    fc.array(fc.option(number), { minLength: 1, maxLength: 30 }),
    fc.array(fc.option(wide), { minLength: 1, maxLength: 30 }),
    fc.array(fc.option(fc.date({ noInvalidDate: true })), { minLength: 1, maxLength: 30 }),
    fc.array(fc.option(fc.boolean()), { minLength: 1, maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(
      values,
      fc.string({ unit: letter, minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 12 }),
      async (list, name, times) => {
        const repeated = Array.from({ length: times }, () => list).flat();
        if (repeated.every((value) => value === null)) return;
        const rows = frameOf({ [name]: repeated } as Parameters<typeof frameOf>[0]);
        const { set, notes } = await c.inferChecks(rows, { slack: 0, leastRows: 1 });
        expect(broken(run(set, rows))).toEqual([]);
        expect(c.readChecks(c.checksJson(set))).toEqual(set);
        expect(evaluated(c.checksModule(set, { notes, from: name }))).toEqual(set);
      },
    ),
    { numRuns: 100 },
  );
});

/** What a module of checks exports, without a loader: its import is of `c`. */
function evaluated(module: string): c.CheckSet {
  const names = /^import \{ (.*) \} from "@tideline\/learn\/check";\n/u.exec(module)!;
  const body = module.slice(names[0].length).replace("export default", "return");
  return new Function("c", `"use strict"; const { ${names[1]} } = c;\n${body}`)(c) as c.CheckSet;
}

test("columns of any kind: vectors have bounds, series and bytes a kind; words for missing values are pointed at", async () => {
  const each = <T>(make: (row: number) => T): T[] => Array.from({ length: 60 }, (_, row) => make(row));
  const rows = frame([
    { kind: "vector", name: "v", width: 2, values: Float32Array.from({ length: 120 }, (_, at) => at % 7) },
    {
      kind: "series",
      name: "s",
      offsets: Int32Array.from({ length: 61 }, (_, at) => at),
      values: new Float64Array(60),
    },
    { kind: "bytes", name: "b", offsets: new Int32Array(61), values: new Uint8Array() },
    ...frameOf({
      word: each((row) => (row % 3 === 0 ? "N/A" : "yes")),
      deep: each((row) => (row === 9 ? Infinity : row / 7)),
      none: each(() => null as string | null),
    }).columns,
  ]);
  const { set, notes } = await c.inferChecks(rows);
  expect(broken(run(set, rows))).toEqual([]);
  expect(set.columns).toMatchObject({
    v: [{ kind: "vector" }, { check: "notMissing" }, { check: "finite" }, { atLeast: 0, atMost: 6.6 }],
    s: [{ kind: "series" }, { check: "notMissing" }],
    b: [{ kind: "bytes" }, { check: "notMissing" }],
    deep: [{ kind: "float" }, { check: "notMissing" }],
    none: [],
  });
  expect(notes).toEqual([
    { column: "word", text: 'has "N/A", which may stand for a missing value' },
    { column: "deep", text: expect.stringMatching(/^1 infinite values/u) },
    { column: "none", text: expect.stringMatching(/^no value/u) },
  ]);
});

test("where it is said whose rows are, a text is listed that enough people have", async () => {
  const each = <T>(make: (row: number) => T): T[] => Array.from({ length: 600 }, (_, row) => make(row));
  const rows = frameOf({
    member: each((row) => (row < 40 ? 0 : row)),
    // Forty rows of one person.
    street: each((row) => (row < 40 ? "Elm Lane 7" : row % 2 === 0 ? "Main Square" : "High Road")),
    town: each((row) => (row < 40 ? "Nowhere" : row % 2 === 0 ? "Bonn" : "Ulm")),
  });
  const town = async (options: Parameters<typeof c.inferChecks>[1]) =>
    (await c.inferChecks(rebatchSource(sourceOf(rows), 77), options)).set.columns["town"]!.map(
      (one) => one.check,
    );
  expect(await town({})).toContain("oneOf");
  // Too many rows have a text that may not be told.
  expect(await town({ person: "member" })).toEqual(["type", "notMissing"]);
  expect(await town({ person: "member", leastRows: 1 })).toContain("oneOf");
  const few = frameOf({
    ...Object.fromEntries(rows.columns.map(({ name }) => [name, each((row) => row % 9)])),
    town: each(() => "Bonn"),
  });
  expect(JSON.stringify((await c.inferChecks(few, { person: "member" })).set)).not.toContain("Bonn");
  await expect(c.inferChecks(rows, { person: "nobody" })).rejects.toThrow(/person: .*"nobody"/u);
  const flags = frameOf({ on: [true], x: ["a"] });
  await expect(c.inferChecks(flags, { person: "on" })).rejects.toThrow(/person: .*a boolean column/u);
});

test("what is told of texts and distributions is what all rows share, and no more", async () => {
  const random = seededRandom(6);
  const each = <T>(make: (row: number) => T): T[] => Array.from({ length: 1200 }, (_, row) => make(row));
  const hex = (length: number) => Array.from({ length }, () => random.integer(16).toString(16)).join("");
  const columns: Record<string, (string | number | Date)[]> = {
    scattered: each((row) => (row % 20 === 0 ? `word ${"abcdefghij"[(row / 20) % 10]} ${row}` : "usual")),
    mostly: each((row) =>
      row % 31 === 7 ? "ida@example.org" : `kind ${"abcdefghijklmnopqrstuvwxyzABCDE"[row % 31]}`,
    ),
    handle: each((row) => `anna-${row}`),
    part: each((row) => `K${1200 - row}`),
    numeral: each((row) => (row % 9 === 0 ? "nan" : "1.5")),
    hash: each(() => hex(12)),
    hashes: each((row) => hex(10 + (row % 3))),
    weight: each(() => 70 + 9 * random.normal()),
    old: each((row) => new Date(NOW - 3e9 - row)),
  };
  // An assignment would set the prototype.
  Object.defineProperty(columns, "__proto__", { value: each((row) => row % 3), enumerable: true });
  const rows = frameOf(columns as Parameters<typeof frameOf>[0]);
  const { set } = await c.inferChecks(rows, { now: NOW });
  expect(broken(run(set, rows))).toEqual([]);
  expect(evaluated(c.checksModule(set))).toEqual(set);
  const names = (column: string) => set.columns[column]!.map((one) => one.check);
  const source = (column: string) => set.columns[column]!.find((one) => one.check === "pattern")?.source;
  expect(names("scattered")).toEqual(["type", "notMissing"]);
  expect(names("mostly")).toEqual(["type", "notMissing"]);
  expect(source("handle")).toBe("^[a-z]{4}-\\d+$");
  expect(source("part")).toBe("^K\\d+$");
  expect(set.columns["numeral"]![0]).toEqual({ check: "type", kind: "string" });
  expect(source("hash")).toBe("^[0-9a-f]{12}$");
  expect(source("hashes")).toBeUndefined();
  expect(names("old")).toEqual(["type", "notMissing", "range"]);
  const own = set.columns["weight"]!.find((one) => one.check === "like")!.reference;
  const edges = own.kind === "numbers" ? own.edges : [];
  expect(edges.length).toBeGreaterThan(5);
  expect(edges.map((edge) => Number(edge.toFixed(1)))).toEqual(edges);
  expect(Object.hasOwn(set.columns, "__proto__")).toBe(true);
});

test("a profile gives what it knows", async () => {
  const rows = frameOf(goodColumns());
  const profile = await c.profileSource(sourceOf(rows), { now: NOW });
  const { set } = await c.inferChecks(profile, { now: NOW });
  expect(broken(run(set, rows))).toEqual([]);
  expect(set.columns["age"]).toEqual([
    { check: "type", kind: "float" },
    { check: "notMissing" },
    { check: "finite" },
    { check: "range", atLeast: 0, atMost: 98 },
  ]);
  expect(set.columns["city"]).toContainEqual({ check: "oneOf", values: ["Bonn", "Köln", "Ulm"] });
  expect(JSON.stringify(set)).not.toContain("Ann");
});

test("what cannot be is refused by name", async () => {
  const rows = frameOf({ x: [1, 2] });
  await expect(c.inferChecks(rows, { slack: -1 })).rejects.toThrow(/inferChecks: slack.*DEFINITION_ILLEGAL/u);
  await expect(c.inferChecks(rows, { personal: ["y"] })).rejects.toThrow(/personal.*"x".*ARGUMENT_INVALID/u);
  const empty: FrameSource = { schema: [{ name: "x", kind: "float" }], async *read() {} };
  await expect(c.inferChecks(empty)).rejects.toThrow(/a sample with rows.*NOT_ENOUGH_DATA/u);
  expect(() => c.readChecks("{")).toThrow(/no JSON.*DATA_MALFORMED/u);
  expect(() => c.readChecks("[]")).toThrow(/no object.*DATA_MALFORMED/u);
  expect(() => c.readChecks('{"format":"tideline.checks","version":2}')).toThrow(
    /version 2.*DATA_MALFORMED/u,
  );
  expect(() => c.readChecks('{"format":"tideline.checks","version":1,"colums":{}}')).toThrow(/colums/u);
});
