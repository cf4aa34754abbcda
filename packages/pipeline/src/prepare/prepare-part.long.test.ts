import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checks, custom } from "@tideline/learn/check";
import { collectFrame, columnOfKind, frameOf, type Frame } from "@tideline/learn/frame";
import { oneHotEncoder, standardScaler, type TransformDef } from "@tideline/learn/transform";
import { count, event, last, sum, t, view } from "@tideline/spec";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { parquetSource, writeParquet } from "../frame/index.ts";
import {
  ownTransform,
  prepare,
  runPreparation,
  snapshotTable,
  table,
  type Prepared,
  type SplitPlan,
} from "./index.ts";

const HOUR = 3_600e6;

async function started(rows: Frame) {
  const root = temporaryFolder(onTestFinished);
  mkdirSync(root, { recursive: true });
  const file = join(root, "rows.parquet");
  await writeParquet(file, rows);
  return { root, folder: join(root, "out"), file };
}

const read = async ({ path }: Prepared, part: string): Promise<Frame> =>
  collectFrame(await parquetSource(join(path, `${part}.parquet`)));
const floats = (rows: Frame, name: string): readonly number[] => [
  ...columnOfKind(rows, name, "float").values,
];
const times = (values: readonly number[]) =>
  ({ kind: "time", name: "at", values: Float64Array.from(values) }) as const;

test("by time the newest rows are held out; rows of the gap and without time belong nowhere, and the log says so", async () => {
  const hours = [5, 3, 9, 1, 7, 2, 8, 4, 6, 0];
  const rows = frameOf({ x: Float64Array.from(hours), at: times(hours.map((hour) => hour * HOUR)) });
  const { folder, file } = await started(rows);
  const parts = async (split: SplitPlan) => {
    const ran = await runPreparation(prepare({ name: "p", source: table(file), split, steps: [] }), {
      folder,
    });
    const names = Object.keys(ran.manifest.parts);
    const all = await Promise.all(
      names.map(async (name) => [name, floats(await read(ran, name), "x")] as const),
    );
    return { ...Object.fromEntries(all), why: ran.steps.find(({ name }) => name === "split")!.reasons };
  };
  expect(await parts({ by: "time", column: "at", test: 0.2, validation: 0.2 })).toEqual({
    train: [5, 3, 1, 2, 4, 0],
    validation: [7, 6],
    test: [9, 8],
    why: {},
  });
  expect(await parts({ by: "time", column: "at", testFrom: "1970-01-01T07:00:00Z", gap: "2h" })).toEqual({
    train: [3, 1, 2, 4, 0],
    test: [9, 7, 8],
    why: { "at: in the gap before a boundary": 2 },
  });
  await expect(parts({ by: "time", column: "at", testFrom: "2040-01-01" })).rejects.toThrow(/rows for test/u);
  await expect(parts({ by: "group", column: "x" })).rejects.toThrow(
    /a string or integer column.*a float column/u,
  );
});

const bought = event("bought", { price: t.float() }, { purpose: "test", retain: "1d" });
const spending = view("spending", {
  entity: { name: "person", joinKey: "person" },
  source: bought,
  features: (row) => ({
    spent: sum(row.price, { within: "3h" }),
    visits: count({}),
    newest: last(row.price, {}),
  }),
});

test("a view's features are as of each row's time, read as a stream or not; other events run what follows", async () => {
  const rows = frameOf({
    person: ["ann", "bob", "ann", "eve"],
    at: times([10, 10, 2, 10].map((hour) => hour * HOUR)),
  });
  const { root, folder, file } = await started(rows);
  const events = join(root, "events.parquet");
  const buy = (price: readonly number[]) =>
    writeParquet(
      events,
      frameOf({
        person: ["ann", "bob", "ann", "ann", "bob"],
        time: {
          kind: "time",
          name: "time",
          values: Float64Array.from([1, 2, 8, 9, 11], (hour) => hour * HOUR),
        },
        price: Float64Array.from(price),
      }),
    );
  await buy([1, 2, 4, 8, 16]);
  const definition = (sorted: boolean) =>
    prepare({
      name: "p",
      source: table(file),
      beside: ["person", "at"],
      views: [{ view: spending, source: table(events), key: "person", time: "at", sorted }],
      steps: [standardScaler({ columns: ["newest"] })],
    });
  for (const sorted of [false, true]) {
    const made = await read(await runPreparation(definition(sorted), { folder }), "train");
    expect(floats(made, "spent")).toEqual([12, Number.NaN, 1, Number.NaN]);
    const visits = columnOfKind(made, "visits", "integer").values;
    expect(Array.from(visits as ArrayLike<number | bigint>, Number)).toEqual([3, 1, 1, 0]);
  }
  await buy([1, 2, 4, 9, 16]);
  const again = await runPreparation(definition(true), { folder });
  expect(again.steps.filter(({ hit }) => hit).map(({ name }) => name)).toEqual(["read"]);
});

const DOUBLE: TransformDef<object, null> = {
  kind: "test.double",
  traits: { accepts: ["float"], labels: "none", memory: "bounded", ordered: false },
  resolve: (options) => options,
  begin: () => ({ add: () => undefined, finish: () => null }),
  outputs: (_state, _options, inputs) => inputs,
  apply: (_state, _options, columns) =>
    columns.flatMap((column) =>
      column.kind === "float" ? [{ ...column, values: column.values.map((value) => 2 * value) }] : [],
    ),
  lower: { unsupported: "it is of a test" },
};

test("code of one's own: when its module or what that imports changes, its steps run again, and others do not", async () => {
  const { root, folder, file } = await started(frameOf({ x: Float64Array.of(1, 2, 30) }));
  const at = (name: string) => join(root, name);
  writeFileSync(
    at("own.ts"),
    `import { two } from "./two.ts";\nexport const double = (x: number) => two * x;\n`,
  );
  writeFileSync(at("two.ts"), "export const two = 2;\n");
  const module = pathToFileURL(at("own.ts")).href;
  const definition = () =>
    prepare({
      name: "p",
      source: table(file),
      checks: checks({ columns: { x: [custom("small", { severity: "quarantine" })] }, rows: [] }),
      custom: {
        tests: {
          small: (column) =>
            Uint8Array.from(column.kind === "float" ? column.values : [], (value) => Number(value >= 10)),
        },
        module,
      },
      steps: [standardScaler({ columns: ["x"] }), ownTransform(DOUBLE, { columns: ["x"] }, { module })],
    });
  const first = await runPreparation(definition(), { folder });
  expect(floats(await read(first, "train"), "x")).toEqual([-2, 2]);
  expect(first.manifest.graph!.unsupported).toBe("test.double: it is of a test");
  expect((await runPreparation(definition(), { folder })).unchanged).toBe(true);
  writeFileSync(at("two.ts"), "export const two = 2; // as before\n");
  const ran = (await runPreparation(definition(), { folder })).steps.filter(({ hit }) => !hit);
  // What the check left is as it was, so the step behind it is there; the own step's outputs may be others.
  expect(ran.map(({ name }) => name)).toEqual([
    "check source",
    "step 1 test.double",
    "write train",
    "outcome",
  ]);
  writeFileSync(at("own.ts"), `import { two } from "./three.ts";\n`);
  await expect(runPreparation(definition(), { folder })).rejects.toThrow(
    /own\.ts imports \.\/three\.ts, which is no file/u,
  );
  const bare = { ...ownTransform(DOUBLE, {}, { module }) };
  for (const symbol of Object.getOwnPropertySymbols(bare)) delete (bare as Record<symbol, unknown>)[symbol];
  expect(() => prepare({ name: "p", source: table(file), steps: [bare] })).toThrow(/ownTransform\(DEF/u);
});

test("a graph that is required and cannot be said, a name that is taken, a column that is not there", async () => {
  const { folder, file } = await started(
    frameOf({ x: Float64Array.of(1, 2), source_row: Float64Array.of(0, 1) }),
  );
  const run = async (more: object) =>
    runPreparation(prepare({ name: "p", source: table(file), steps: [], ...more }), { folder });
  await expect(run({})).rejects.toThrow(/source_row.*Rename it/u);
  const other = await started(frameOf({ x: Float64Array.of(1, 2) }));
  const own = ownTransform(DOUBLE, {}, { module: import.meta.url });
  const there = { source: table(other.file) };
  await expect(run({ ...there, steps: [own], graph: "required" })).rejects.toThrow(
    /of a test.*RUNTIME_UNSUPPORTED/u,
  );
  await writeParquet(other.file, frameOf({ x: Float64Array.of(1, 2), y: ["a", "b"] }));
  const vector = oneHotEncoder({ columns: ["y"], output: "vector", name: "x" });
  await expect(run({ ...there, label: "x", steps: [vector] })).rejects.toThrow(
    /other names than "x".*DEFINITION_ILLEGAL/u,
  );
  await writeParquet(other.file, frameOf({ x: Float64Array.of(1, 2) }));
  await expect(run({ ...there, label: "y" })).rejects.toThrow(/label or beside.*"x".*received "y"/u);
  await expect(
    run({ ...there, clean: [own] }).catch((error: Error) => Promise.reject(error)),
  ).rejects.toThrow(/clean\[0\]/u);
});

test("a snapshot's table is prepared; its folder is no place for it, nor is another region", async () => {
  const root = temporaryFolder(onTestFinished);
  const loop = join(root, "loop");
  cpSync(join(import.meta.dirname, "../../../../vectors/compat/v1/folder"), loop, { recursive: true });
  const manifest = readdirSync(join(loop, "lake", "snapshots")).find((name) =>
    /^[0-9a-f]{64}\.json$/u.test(name),
  )!;
  const { tables } = JSON.parse(readFileSync(join(loop, "lake", "snapshots", manifest), "utf8")) as {
    readonly tables: Readonly<Record<string, { readonly rows: number }>>;
  };
  const [name, { rows }] = Object.entries(tables).find(([, one]) => one.rows > 0)!;
  const source = snapshotTable(loop, { table: name, snapshot: manifest.slice(0, 64) });
  const definition = prepare({ name: "p", source, steps: [] });
  const ran = await runPreparation(definition, { folder: join(root, "out") });
  expect(ran.manifest.parts.train!.rows).toBe(rows);
  expect((await runPreparation(definition, { folder: join(root, "out") })).unchanged).toBe(true);
  await expect(runPreparation(definition, { folder: loop })).rejects.toMatchObject({
    code: "FOLDER_INVALID",
  });
  const strange = prepare({
    name: "p",
    source: snapshotTable(loop, { table: "toString", snapshot: manifest.slice(0, 64) }),
    steps: [],
  });
  await expect(runPreparation(strange, { folder: join(root, "out") })).rejects.toThrow(
    /one with rows of .*toString/u,
  );
  writeFileSync(join(loop, "format"), "tideline 1\nregion eu\n");
  await expect(runPreparation(definition, { folder: join(root, "out") })).rejects.toMatchObject({
    code: "RESIDENCY_MISMATCH",
  });
  await runPreparation(definition, { folder: join(root, "eu") });
  expect(readFileSync(join(root, "eu", "format"), "utf8")).toContain("region eu");
});

test("JSON lines and a table without rows", async () => {
  const root = temporaryFolder(onTestFinished);
  mkdirSync(root, { recursive: true });
  const [lines, none] = [join(root, "a.jsonl"), join(root, "none.csv")];
  writeFileSync(
    lines,
    `{"x":1.5,"who":"ann"}\n{"x":"no","who":"bob"}\n${'{"x":2.5,"who":"eve"}\n'.repeat(40)}`,
  );
  writeFileSync(none, "x,y\n");
  const run = (file: string, more: object = {}) =>
    runPreparation(
      prepare({ name: "p", source: table(file), steps: [standardScaler({ columns: ["x"] })], ...more }),
      {
        folder: join(root, "out"),
      },
    );
  const ran = await run(lines);
  expect(ran.manifest).toMatchObject({ quarantined: 1, parts: { train: { rows: 41 } } });
  for (const more of [{}, { steps: [] }, { steps: [], split: { by: "row" } }])
    await expect(run(none, more)).rejects.toThrow(
      /none\.csv: expected rows, received none.*NOT_ENOUGH_DATA/u,
    );
});
