import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checks, oneOf, range, unique } from "@tideline/learn/check";
import { collectFrame, columnNamed, columnOfKind, type Frame } from "@tideline/learn/frame";
import {
  dropMissing,
  oneHotEncoder,
  readChain,
  removeOutliers,
  simpleImputer,
  standardScaler,
  targetEncoder,
} from "@tideline/learn/transform";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { parquetSource } from "../frame/index.ts";
import { planPreparation, prepare, runPreparation, table, type Prepared } from "./index.ts";
import type { PreparationOptions } from "./index.ts";

const ROWS = 600;
const CITIES = ["Bonn", "Ulm", "Köln"];

/** Visits: a person, a city, an age (some missing, one 900), a spend, a label (some missing); two lines are no rows. */
function visits(): string {
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const age = row === 41 ? 900 : row % 11 === 0 ? "" : 20 + ((row * 7) % 50);
    const label = row % 97 === 5 ? "" : (row * 13) % 7 < 3 ? "yes" : "no";
    return `p${row % 60},${CITIES[row % 3]},${age},${((row * 37) % 101) / 4},${label}`;
  });
  lines.splice(100, 0, "p1,Bonn,old,2,yes", "p1,Bonn,30");
  return `person,city,age,spend,label\n${lines.join("\n")}\n`;
}

function start(): { readonly folder: string; readonly file: string } {
  const root = temporaryFolder(onTestFinished);
  mkdirSync(root, { recursive: true });
  const file = join(root, "visits.csv");
  writeFileSync(file, visits());
  return { folder: join(root, "prepare"), file };
}

const options = (file: string, more: Partial<PreparationOptions> = {}): PreparationOptions => ({
  name: "visits",
  source: table(file),
  checks: {
    source: checks({
      columns: { age: [range(0, 120, { severity: "quarantine" })], city: [oneOf(CITIES)] },
      rows: [],
    }),
    after: { 1: checks({ columns: { age: [range(-10, 10)] }, rows: [] }) },
    every: checks({ columns: { spend: [range(-100, 1000)] }, rows: [] }),
  },
  clean: [dropMissing({ columns: ["label"] })],
  split: { by: "group", column: "person", test: 0.2, validation: 0.2 },
  steps: [
    simpleImputer({ columns: ["age"], strategy: "mean" }),
    standardScaler({ columns: ["age", "spend"] }),
    oneHotEncoder({ columns: ["city"] }),
  ],
  label: "label",
  ...more,
});

const bytesOf = ({ path }: Prepared) =>
  Object.fromEntries(
    readdirSync(path).map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(path, name)))
        .digest("hex"),
    ]),
  );
const hitsOf = ({ steps }: Prepared) => steps.map(({ name, hit }) => `${hit ? "+" : "-"}${name}`);
const rowsOf = async (of: Prepared, part: string): Promise<Frame> =>
  collectFrame(await parquetSource(join(of.path, `${part}.parquet`)));

test("a table goes through every step: parts, chain, graph, log and quarantine; again it is all there, byte for byte", async () => {
  const { folder, file } = start();
  const definition = prepare(options(file));
  const first = await runPreparation(definition, { folder });
  expect(readdirSync(first.path).sort()).toEqual([
    "chain.tltf",
    "checks.json",
    "graph.onnx",
    "log.jsonl",
    "preparation.json",
    "quarantine.jsonl",
    "test.parquet",
    "train.parquet",
    "validation.parquet",
  ]);
  const line = (name: string) => first.steps.find((step) => step.name === name)!;
  expect(line("read")).toMatchObject({
    rowsIn: ROWS + 2,
    rowsOut: ROWS,
    reasons: { "age: unreadable": 1, "unreadable row": 1 },
  });
  expect(line("check source")).toMatchObject({ rowsOut: ROWS - 1, reasons: { "age: range": 1 } });
  expect(line("clean 0 dropMissing").reasons).toEqual({ "label: missing": 7 });
  const [train, validation, held] = await Promise.all(
    ["train", "validation", "test"].map((part) => rowsOf(first, part)),
  );
  expect(train!.rows + validation!.rows + held!.rows).toBe(ROWS - 8);
  expect(train!.columns.map(({ name }) => name)).toEqual([
    "age",
    "spend",
    "city=Bonn",
    "city=Köln",
    "city=Ulm",
    "person",
    "label",
    "source_row",
  ]);
  const people = [train!, validation!, held!].map((rows) => {
    const column = columnNamed(rows, "person");
    if (column.kind !== "string") throw new Error("person");
    return new Set(Array.from(column.codes, (code) => column.dictionary[code]!));
  });
  expect(new Set(people.flatMap((own) => [...own])).size).toBe(
    people.reduce((sum, own) => sum + own.size, 0),
  );
  const age = columnOfKind(train!, "age", "float").values as Float64Array;
  expect(age.reduce((sum, value) => sum + value, 0) / age.length).toBeCloseTo(0, 12);
  const quarantine = readFileSync(join(first.path, "quarantine.jsonl"), "utf8").trim().split("\n");
  expect(quarantine.map((text) => JSON.parse(text) as object)).toMatchObject([
    { step: "read", line: 102, column: "age" },
    { step: "read", line: 103 },
    {
      step: "check source",
      row: 41,
      reason: "age: range",
      values: { age: 900, city: "Köln", person: "p41" },
    },
  ]);
  expect(readChain(readFileSync(join(first.path, "chain.tltf"))).steps).toHaveLength(3);
  expect(first.manifest.graph).toMatchObject({
    features: ["age", "spend", "city=Bonn", "city=Köln", "city=Ulm"],
    unsupported: null,
  });

  const bytes = bytesOf(first);
  const second = await runPreparation(definition, { folder });
  expect(second.unchanged).toBe(true);
  expect(hitsOf(second).filter((one) => one.startsWith("-"))).toEqual([]);
  expect([second.path, bytesOf(second)]).toEqual([first.path, bytes]);
  // Elsewhere: the same but for the seconds in the log.
  const other = await runPreparation(definition, { folder: `${folder}-2` });
  const { "log.jsonl": log, ...rest } = bytes;
  expect(bytesOf(other)).toMatchObject(rest);
  expect(other.path.slice(-64)).toBe(first.path.slice(-64));
  expect(bytesOf(other)["log.jsonl"]).toEqual(expect.any(String));
  expect(log).toEqual(expect.any(String));
});

test("a changed option runs that step and those after it; changed bytes run all; a plan says so before", async () => {
  const { folder, file } = start();
  await runPreparation(prepare(options(file)), { folder });
  const steps = [
    simpleImputer({ columns: ["age"], strategy: "mean" }),
    standardScaler({ columns: ["age"] }),
    oneHotEncoder({ columns: ["city"] }),
  ];
  const changed = prepare(options(file, { steps }));
  const plan = await planPreparation(changed, { folder });
  const ran = await runPreparation(changed, { folder });
  const isAfter = (name: string) => /^(step [12]|check (after|every) [12]|write|chain|outcome)/u.test(name);
  expect(ran.steps.filter(({ hit }) => !hit).map(({ name }) => name)).toEqual(
    ran.steps.map(({ name }) => name).filter(isAfter),
  );
  expect(plan.filter(({ state }) => state !== "hit").map(({ name }) => name)).toEqual(
    ran.steps.map(({ name }) => name).filter((name) => isAfter(name) && name !== "outcome"),
  );
  expect(plan.find(({ state }) => state === "runs")!.name).toBe("step 1 standardScaler");
  writeFileSync(file, `${visits()}p9,Bonn,33,4,yes\n`);
  const grown = await runPreparation(changed, { folder });
  expect(grown.steps.filter(({ hit }) => hit)).toEqual([]);
  // What was there before is there yet.
  writeFileSync(file, visits());
  expect(hitsOf(await runPreparation(changed, { folder })).filter((one) => one.startsWith("-"))).toEqual([]);
});

test("what learns from labels: training rows are out of fold, others of all; rules let training rows go", async () => {
  const { folder, file } = start();
  const definition = prepare(
    options(file, {
      checks: {},
      split: { by: "group", column: "person", seed: 1 },
      steps: [
        simpleImputer({ columns: ["age"] }),
        removeOutliers({ columns: ["age"], method: "iqr" }),
        targetEncoder({ columns: ["city"] }),
        standardScaler({ columns: ["city"] }),
      ],
    }),
  );
  const ran = await runPreparation(definition, { folder });
  const rule = ran.steps.find(({ name }) => name === "step 1 removeOutliers")!;
  expect(rule.rowsIn - rule.rowsOut).toBe(1);
  const distinct = async (part: string) =>
    new Set(columnOfKind(await rowsOf(ran, part), "city", "float").values).size;
  expect([await distinct("test"), (await distinct("train")) > 3]).toEqual([3, true]);
  expect(ran.manifest.classes).toEqual(["false", "true"]);
});

test("a check that fails ends the run, says what and where, and leaves no outcome", async () => {
  const { folder, file } = start();
  const set = checks({ columns: { person: [unique()] }, rows: [] });
  const run = runPreparation(prepare(options(file, { checks: set })), { folder });
  await expect(run).rejects.toMatchObject({ code: "CHECK_FAILED" });
  await expect(run).rejects.toThrow(/check source.*"person" unique.*failed-checks\.json/u);
  const failed = JSON.parse(readFileSync(join(folder, "prepare", "failed-checks.json"), "utf8")) as object;
  expect(failed).toMatchObject({
    step: "check source",
    reports: [{ part: "all", report: { verdict: "fail" } }],
  });
  expect(readdirSync(join(folder, "prepared", "visits"))).toEqual([]);
});
