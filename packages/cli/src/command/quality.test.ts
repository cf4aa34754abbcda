import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { writeParquet, csvSource } from "@tideline/pipeline/frame";
import { qualityCommand } from "./quality.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-quality-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const LEARN = pathToFileURL(join(import.meta.dirname, "../../../learn/src/learn-check.ts")).href;

const ROWS = 1200;
const lines = (change: (row: number, fields: string[]) => readonly string[]) => {
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const fields = [
      `u-${row + 1000}`,
      String(20 + (row % 50)),
      ["Bonn", "Ulm"][row % 2]!,
      `p${row % 9}@example.org`,
    ];
    return change(row, fields).join(",");
  });
  return `id,age,city,email\n${rows.join("\n")}\n`;
};
writeFileSync(
  at("good.csv"),
  lines((_, fields) => fields),
);
writeFileSync(
  at("bad.csv"),
  lines((row, [id, age, city, email]) =>
    row % 100 === 3
      ? [id!, "199", city!, email!]
      : row % 100 === 4
        ? ["u-1000", age!, city!, email!]
        : row % 100 === 5
          ? [id!, age!, '"bonn, ""old"""', "nobody"]
          : [id!, age!, city!, email!],
  ),
);

test("checks are written as a start, hold for their table, and say what is wrong with another; counts add up", async () => {
  for (const name of ["checks.json", "checks.ts"]) {
    const made = await qualityCommand(at("good.csv"), { infer: at(name), severity: "quarantine" });
    expect(made.text).toMatch(/1,200 rows of .*good\.csv written to .*email: may tell who people are/su);
    const text = readFileSync(at(name), "utf8");
    expect(text).not.toContain("p1@");
    // A module finds the package from where it stands; this one stands in no project.
    if (name === "checks.ts") writeFileSync(at(name), text.replace("@tideline/learn/check", LEARN));
  }
  const good = await qualityCommand(at("good.csv"), { checks: at("checks.ts") });
  expect(good).toMatchObject({ value: { verdict: "pass", rowsIn: ROWS } });
  const quarantine = at("out.csv");
  const { value, text, fault } = await qualityCommand(at("bad.csv"), {
    checks: at("checks.json"),
    quarantine,
  });
  expect(fault).toBeUndefined();
  expect(value).toMatchObject({ verdict: "pass", rowsIn: ROWS, rowsOut: ROWS - 36, quarantined: 36 });
  expect(text).toMatch(/1,200 rows in, 1,164 through, 36 to quarantine to .*out\.csv/u);
  expect(text).toMatch(/age +range +quarantined +12 rows/u);
  const rows = readFileSync(quarantine, "utf8").trimEnd().split("\n");
  expect(rows).toHaveLength(37);
  expect(rows.slice(0, 4)).toEqual([
    "id,age,city,email,quarantine_reason,quarantine_row",
    "u-1003,199,Ulm,p3@example.org,age: range,3",
    "u-1000,24,Bonn,p4@example.org,id: unique,4",
    'u-1005,25,"bonn, ""old""",nobody,city: oneOf; email: pattern,5',
  ]);
});

test("a failing check is the fault, with the page and the formats of quarantine", async () => {
  await qualityCommand(at("good.csv"), { infer: at("strict.json") });
  const flags = { checks: at("strict.json"), html: at("page.html"), quarantine: at("none.parquet") };
  // A page of before is replaced.
  await qualityCommand(at("good.csv"), { checks: at("strict.json"), html: at("page.html") });
  const { value, fault, text } = await qualityCommand(at("bad.csv"), flags);
  expect(fault).toMatchObject({ code: "CHECK_FAILED" });
  expect(fault!.message).toMatch(/age: range/u);
  expect(text).toMatch(/FAILED.*age +range +failed +12 rows/su);
  expect(value).toMatchObject({ verdict: "fail", quarantined: 0 });
  expect(readFileSync(at("page.html"), "utf8")).toMatch(/^<!doctype html>.*bad\.csv/isu);
  expect((await csvOf(at("none.parquet"))).schema.at(-1)).toMatchObject({ name: "quarantine_row" });
});

const csvOf = async (path: string) => (await import("@tideline/pipeline/frame")).openTable(path);

test("another table's distributions are held against, alone or beside checks", async () => {
  writeFileSync(
    at("moved.csv"),
    lines((row, [id, , city, email]) => [id!, String(60 + (row % 9)), city!, email!]),
  );
  await writeParquet(at("good.parquet"), await csvSource(at("good.csv")));
  writeFileSync(
    at("own.ts"),
    `import { checks, custom } from "${LEARN}";
export default checks({ columns: { age: [custom("odd", { share: 0.6 })] } });
const odd = (column: { values: ArrayLike<number> }, rows: number) => Uint8Array.from({ length: rows }, (_, row) => Number(column.values[row]) % 2);
export { functions as custom };
const functions = { odd };
`,
  );
  for (const checks of [undefined, at("own.ts")]) {
    const flags = { against: at("good.parquet"), ...(checks === undefined ? {} : { checks }) };
    const { value } = await qualityCommand(at("moved.csv"), flags);
    expect(value).toMatchObject({ verdict: "warn" });
    expect((value as { findings: object[] }).findings).toContainEqual(
      expect.objectContaining({ column: "age", check: "like", passed: false }),
    );
  }
});

test("rows that cannot be read end it, or are written with why and counted", async () => {
  const broken = readFileSync(at("good.csv"), "utf8")
    .split("\n")
    .with(7, "u-1,2,3,4,5,6")
    .with(9, "u-2,old,Ulm,x@y.zz");
  writeFileSync(at("broken.csv"), broken.join("\n"));
  writeFileSync(
    at("age.json"),
    '{"format":"tideline.checks","version":1,"columns":{"age":[{"check":"type","kind":"integer"}]},"rows":[]}',
  );
  const checks = at("age.json");
  await expect(qualityCommand(at("broken.csv"), { checks })).rejects.toThrow(
    /--rejected FILE.*DATA_MALFORMED/su,
  );
  const { value, text } = await qualityCommand(at("broken.csv"), { checks, rejected: at("r.jsonl") });
  expect(value).toMatchObject({ verdict: "pass", rowsIn: ROWS - 2, rejected: 2 });
  expect(text).toContain("2 more could not be read");
  const rejected = readFileSync(at("r.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(rejected).toMatchObject([{ line: 8 }, { line: 10, column: "age" }]);
  await expect(
    qualityCommand(at("broken.csv"), { checks: at("none.json"), rejected: at("s.jsonl") }),
  ).rejects.toThrow();
  expect(readdirSync(folder).filter((name) => name.includes("s.jsonl"))).toEqual([]);
});

test("columns may be called as they like: as what every object has, and as code", async () => {
  const names = ["__proto__", "constructor", '"*/ x', "\u202eevil\u0007"];
  const head = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(",");
  const body = Array.from({ length: 1200 }, (_, row) => `${row % 9},${["a", "b"][row % 2]},x,${row}`).join(
    "\n",
  );
  writeFileSync(at("odd.csv"), `${head}\n${body}\n`);
  await qualityCommand(at("odd.csv"), { infer: at("odd.ts") });
  writeFileSync(at("odd.ts"), readFileSync(at("odd.ts"), "utf8").replace("@tideline/learn/check", LEARN));
  writeFileSync(
    at("bare.json"),
    '{"format":"tideline.checks","version":1,"columns":{"\\u202eevil\\u0007":[]},"rows":[]}',
  );
  for (const checks of [at("odd.ts"), at("bare.json")]) {
    const { value, text } = await qualityCommand(at("odd.csv"), { checks, against: at("odd.csv") });
    expect(value).toMatchObject({ verdict: "pass" });
    expect((value as { findings: object[] }).findings).toContainEqual(
      expect.objectContaining({ column: "__proto__", check: "like" }),
    );
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u202e]/u);
  }
});

test("what cannot be is refused by its flag, and nothing is overwritten", async () => {
  const before = readFileSync(at("good.csv"), "utf8");
  writeFileSync(at("broken.ts"), "export default {");
  writeFileSync(at("alone.ts"), 'import "no-such-package";');
  writeFileSync(at("empty.ts"), "export const x = 1;");
  writeFileSync(at("other.json"), "{}");
  writeFileSync(
    at("late.json"),
    '{"format":"tideline.checks","version":1,"columns":{"x":[{"check":"nope"}]},"rows":[]}',
  );
  symlinkSync(at("good.csv"), at("link.csv"));
  const table = at("good.csv");
  await qualityCommand(table, { infer: at("there.json") });
  for (const [flags, message] of [
    [{}, /--checks FILE, --against TABLE or --infer FILE.*ARGUMENT_INVALID/u],
    [{ infer: at("x.ts"), checks: at("there.json") }, /--infer alone/u],
    [{ infer: at("there.json") }, /--infer: expected a file that is not there yet.*which is there already/u],
    [{ infer: at("x.txt") }, /ends in \.ts or \.json/u],
    [{ infer: at("x.json"), personal: ["nobody"] }, /personal: .*"nobody".*ARGUMENT_INVALID/u],
    [{ infer: at("x.json"), severity: "panic" }, /severity.*quarantine.*DEFINITION_ILLEGAL/u],
    [{ checks: at("absent.ts") }, /--checks: .*not there.*--infer FILE.*DATA_NOT_FOUND/u],
    [{ checks: at("broken.ts") }, /module that can be imported.*CONFIG_MALFORMED/su],
    [{ checks: at("alone.ts") }, /no-such-package.*--infer checks\.json.*CONFIG_MALFORMED/su],
    [{ checks: at("empty.ts") }, /default: expected checks.*no such export.*CONFIG_MALFORMED/u],
    [{ checks: at("other.json") }, /format "tideline\.checks".*DATA_MALFORMED/u],
    [{ checks: at("late.json") }, /column "x", check 0.*DEFINITION_ILLEGAL/u],
    [
      { checks: at("there.json"), quarantine: at("link.csv") },
      /--quarantine: expected a file that this does not read/u,
    ],
    [{ checks: at("there.json"), quarantine: at("q.xlsx") }, /--quarantine: .*\.parquet/u],
    [{ checks: at("there.json"), quarantine: at("nowhere/q.csv") }, /--quarantine: .*folder that is there/u],
    [{ checks: at("there.json"), personal: ["age"] }, /--personal beside --infer/u],
    [{ checks: at("there.json"), html: at("o.csv"), quarantine: at("o.csv") }, /a file of its own/u],
    [{ checks: at("there.json"), html: at("bad.csv") }, /--html: .*no page of Tideline/u],
    [{ checks: at("there.json"), html: table }, /--html: expected a file that this does not read/u],
    [{ checks: at("there.json"), snapshot: "x" }, /--snapshot: .*folder that Tideline made/u],
    [{ against: at("absent.csv") }, /DATA_NOT_FOUND/u],
  ] as const)
    await expect(qualityCommand(table, flags), JSON.stringify(flags)).rejects.toThrow(message);
  mkdirSync(at("parts"));
  await writeParquet(at("parts/a.parquet"), await csvSource(table));
  const within = { checks: at("there.json"), quarantine: at("parts/b.parquet") };
  await expect(qualityCommand(at("parts"), within)).rejects.toThrow(/--quarantine: .*does not read/u);
  writeFileSync(at("no-rows.csv"), "a,b\n");
  await expect(qualityCommand(at("no-rows.csv"), { infer: at("x.json") })).rejects.toThrow(
    /NOT_ENOUGH_DATA/u,
  );
  expect(existsSync(at("x.json"))).toBe(false);
  expect(readFileSync(at("good.csv"), "utf8")).toBe(before);
});

test("columns that a file gives no name of their own are said, in the text, the value and the page", async () => {
  writeFileSync(at("twice.csv"), "id,id,\n1,2,3\n4,5,6\n");
  const checks = at("twice.checks.json");
  const inferred = await qualityCommand(at("twice.csv"), { infer: checks });
  const { text, value } = await qualityCommand(at("twice.csv"), { checks, html: at("twice.html") });
  const { renamed } = await csvSource(at("twice.csv"));
  expect(renamed).toHaveLength(2);
  for (const said of [inferred.text, text]) {
    expect(said).toContain(`${renamed![0]!.name}: is called "id", as another is, in the file`);
    expect(said).toContain(`${renamed![1]!.name}: has no name in the file`);
  }
  expect([value, inferred.value]).toEqual([
    expect.objectContaining({ renamed }),
    expect.objectContaining({ renamed }),
  ]);
  expect(readFileSync(at("twice.html"), "utf8")).toMatch(/<li><bdi>.*<\/bdi> has no name in the file<\/li>/u);
  expect(await qualityCommand(at("good.csv"), { against: at("good.csv") })).not.toHaveProperty(
    "value.renamed",
  );
});
