import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checks, unique } from "@tideline/learn/check";
import { columnNamed, columnOfKind } from "@tideline/learn/frame";
import { dropMissing, readChain } from "@tideline/learn/transform";
import { expect, test } from "vitest";
import { prepare, runPreparation, table, type PreparationOptions } from "./index.ts";
import { bytesOf, hitsOf, options, ROWS, rowsOf, start } from "./testing/visits.ts";

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

test("no rows to train on are an error that says where they went; columns with other names are in the log", async () => {
  const { folder } = start();
  const run = (text: string, clean: PreparationOptions["clean"] = []) => {
    const file = join(mkdtempSync(`${folder}-`), "rows.csv");
    writeFileSync(file, text);
    return runPreparation(prepare({ name: "few", source: table(file), clean, steps: [] }), { folder });
  };
  await expect(run("a,b\n")).rejects.toThrow(/rows\.csv.*none.*NOT_ENOUGH_DATA/su);
  await expect(run("a,b\n,1\n,2\n", [dropMissing({ columns: ["a"] })])).rejects.toThrow(
    /clean 0 dropMissing let 2 of 2 go \(a: missing\).*NOT_ENOUGH_DATA/su,
  );
  const { path } = await run("City,City\n1,2\n");
  const [line] = readFileSync(join(path, "log.jsonl"), "utf8").split("\n");
  expect((JSON.parse(line!) as { readonly notes: unknown }).notes).toEqual([
    'the column "City_1" is called "City", as another is, in the file',
  ]);
});
