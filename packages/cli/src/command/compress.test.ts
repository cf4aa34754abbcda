import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphBuilder, readOnnx, writeOnnx, type OnnxModel } from "@tideline/graph";
import type { CompressionReport } from "@tideline/graph/compress";
import { seededRandom } from "@tideline/learn";
import { isTidelineError } from "@tideline/spec";
import { afterAll, expect, test } from "vitest";
import { isNamedLabel, labelsOf } from "./compress-label.ts";
import { compressCommand, type CompressFlags } from "./compress.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-compress-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Four numbers to three classes, whose first column of weights is huge where `huge` says so. */
function net(huge = 1, batch: number | "N" = "N"): OnnxModel {
  const random = seededRandom(3);
  const numbers = (count: number, factor: (at: number) => number = () => 1): Float32Array =>
    Float32Array.from({ length: count }, (_, at) => random.normal() * factor(at));
  const g = graphBuilder("plan");
  const x = g.input("features", "float32", [batch, 4]);
  const first = g.constant(
    numbers(4 * 64, (at) => (at % 64 === 0 ? huge : 1)),
    [4, 64],
  );
  const hidden = g.op("Relu", [g.op("Gemm", [x, first, g.constant(numbers(64))])]);
  const second = g.constant(
    numbers(64 * 3, (at) => (at < 3 ? 1 / huge : 1)),
    [64, 3],
  );
  const logits = g.op("Gemm", [hidden, second]);
  g.output("probabilities", g.op("Softmax", [logits], { axis: -1 }));
  return g.build({ metadata: { classes: '["café","bar","inn"]' } });
}

const model = join(work, "plan.onnx");
writeFileSync(model, writeOnnx(net()));
const rows = join(work, "rows.csv");
const random = seededRandom(9);
const lines = Array.from({ length: 200 }, (_, row) =>
  [
    ...Array.from({ length: 4 }, () => random.normal().toFixed(3)),
    ["café", "bar", "inn"][row % 3],
    row % 2 ? "a" : "b",
  ].join(),
);
writeFileSync(rows, `${["a", "b", "c", "d", "place", "group"].join()}\n${lines.join("\n")}\n`);

const out = join(work, "small.onnx");
const flags: CompressFlags = { rows, out, folder: work, runs: "2" };

test.each([
  ["int8", "int8", "int8"],
  ["int4", "int4-weights", "int4"],
  ["float16", "float16", "float16"],
] as const)("--to %s: a smaller file that agrees with the model before", async (to, precision, stored) => {
  const { value, text } = await compressCommand(model, { ...flags, to, gate: "1", slice: "group" });
  const { report, score } = value as {
    readonly score: number;
    readonly report: { readonly entries: readonly { readonly slices: object; readonly bytes: number }[] };
  };
  expect(score).toBeGreaterThan(0.85);
  expect(Object.keys(report.entries[1]!.slices).toSorted()).toEqual(["group a", "group b"]);
  const { initializers } = readOnnx(readFileSync(out)).graph;
  expect(initializers.some(({ elementType }) => elementType === stored)).toBe(true);
  expect(readFileSync(out)).toHaveLength(report.entries[1]!.bytes);
  expect(text).toContain(`Every layer could have ${precision}.`);
});

test("--report writes a page of forms of both formats, whose figures are those of --json", async () => {
  const page = join(work, "forms.html");
  const { value, text } = await compressCommand(model, {
    ...flags,
    report: page,
    format: "onnx,litert",
    slice: "group",
    gate: "1",
  });
  const { report, seed } = value as { readonly report: CompressionReport; readonly seed: number };
  expect(seed).toBe(1);
  expect(new Set(report.entries.map(({ runtime }) => runtime))).toEqual(
    new Set(["onnxruntime-node", "litert"]),
  );
  const named = report.entries.map(({ name }) => name);
  expect(named).toEqual(expect.arrayContaining(["before", "int8", "all float16", "litert int8"]));
  expect(report.entries.every(({ p50, score }) => p50 > 0 && score > 0.8)).toBe(true);
  const html = readFileSync(page, "utf8");
  for (const { bytes, p50 } of report.entries) {
    expect(html).toContain(bytes.toLocaleString("en-GB"));
    expect(html).toContain(`${p50.toFixed(3)}</td>`);
  }
  expect(text).toContain("The page is ");
  await expect(compressCommand(model, { ...flags, report: rows })).rejects.toThrow(/--report/);
  await expect(compressCommand(model, { ...flags, format: "coreml" })).rejects.toThrow(
    /--format: expected onnx, litert, received coreml/,
  );
});

test("a net of opset 11 is brought up", async () => {
  const old = join(work, "old.onnx");
  const given = net();
  const nodes = given.graph.nodes.map((node) => (node.op === "Softmax" ? { ...node, attributes: {} } : node));
  const opsets = [{ domain: "", version: 11 }];
  writeFileSync(old, writeOnnx({ ...given, opsets, graph: { ...given.graph, nodes } }));
  const { value } = await compressCommand(old, { ...flags, gate: "1" });
  expect((value as { readonly score: number }).score).toBeGreaterThan(0.85);
});

test("a net that collapses is repaired, and the text says which layer is dearer", async () => {
  const collapsing = join(work, "huge.onnx");
  writeFileSync(collapsing, writeOnnx(net(1e4)));
  const { value, text } = await compressCommand(collapsing, flags);
  expect((value as { readonly score: number }).score).toBeGreaterThanOrEqual(0.99);
  expect(text).toMatch(/With int8 everywhere the gate would not hold: Gemm_2 has (int8-weights|float16)/);
});

test("labels are names of classes, or their positions", async () => {
  const { value } = await compressCommand(model, { ...flags, label: "place", slice: "group", gate: "1" });
  expect(value).toMatchObject({ judge: "score of labels" });
  expect((value as { readonly score: number }).score).toBeLessThan(0.6);
});

test("classes that read like truths are the classes that they are named, not their positions", () => {
  const asked = { ...net(), metadata: { classes: "yes,no" } };
  const answers = {
    kind: "string" as const,
    name: "answer",
    codes: Int32Array.of(0, 1, 1),
    dictionary: ["yes", "no"],
  };
  expect(isNamedLabel(asked, "answer")("answer")).toBe(true);
  expect([...labelsOf(asked, { rows: 3, columns: [answers] }, "answer")]).toEqual([0, 1, 1]);
  const places = { ...answers, dictionary: ["1", "0"] };
  expect([...labelsOf(asked, { rows: 3, columns: [places] }, "answer")]).toEqual([1, 0, 0]);
});

test("a model that takes one row at a time is given one", async () => {
  const single = join(work, "single.onnx");
  writeFileSync(single, writeOnnx(net(1, 1)));
  const alone = await compressCommand(single, { ...flags, gate: "1" });
  const together = await compressCommand(model, { ...flags, gate: "1" });
  expect(alone.value).toMatchObject({ scoreBefore: 1 });
  expect((alone.value as { score: number }).score).toBeCloseTo(
    (together.value as { score: number }).score,
    1,
  );
  writeFileSync(single, writeOnnx(net(1, 16)));
  await expect(compressCommand(single, flags)).rejects.toThrow(
    /input "features": expected a batch of any length, or of one row, received \[16, 4\]/,
  );
});

/** The classes of the net, and beside them a number that may be anything. */
function twoHeads(classes: string): OnnxModel {
  const random = seededRandom(4);
  const g = graphBuilder("heads");
  const x = g.input("features", "float32", ["N", 4]);
  const weights = (rows: number, columns: number, size: number) =>
    g.constant(
      Float32Array.from({ length: rows * columns }, () => size * random.normal()),
      [rows, columns],
    );
  const hidden = g.op("Relu", [g.op("Gemm", [x, weights(4, 32, 1)])]);
  g.output("probabilities", g.op("Softmax", [g.op("Gemm", [hidden, weights(32, 3, 1)])], { axis: -1 }));
  g.output("years", g.op("Gemm", [hidden, weights(32, 1, 5)]));
  return g.build({ metadata: { classes } });
}

test("an output of one number is judged by spread where labels are whole numbers, and alone where --output names it", async () => {
  const heads = join(work, "heads.onnx");
  writeFileSync(heads, writeOnnx(twoHeads("1,2,3")));
  const table = join(work, "numbers.csv");
  const numbers = lines.map((line, row) =>
    [...line.split(",").slice(0, 4), 1 + (row % 3), 20 + (row % 9)].join(),
  );
  writeFileSync(table, `a,b,c,d,place,years\n${numbers.join("\n")}\n`);
  const judged = async (own: Partial<CompressFlags>): Promise<{ score: number; scoreBefore: number }> => {
    const { value } = await compressCommand(heads, { ...flags, rows: table, gate: "1", ...own });
    return value as { score: number; scoreBefore: number };
  };
  const years = { label: "years", slice: "place" };
  expect((await judged({ ...years, output: "years" })).scoreBefore).toBeLessThan(0);
  await expect(judged(years)).rejects.toThrow(/--label: expected positions from 0 to 2 .*"probabilities"/);
  // The names 1, 2 and 3 stand for the positions 0, 1 and 2.
  expect((await judged({ label: "place", slice: "years" })).scoreBefore).toBeGreaterThan(0.1);
  const apart = { rows };
  const whole = (score: number): boolean => Number.isInteger(Math.round(1e9 * score) / 1e7);
  expect(whole((await judged(apart)).score)).toBe(true);
  expect(whole((await judged({ ...apart, output: "years" })).score)).toBe(false);
  // A row alone has no spread of labels to tell.
  const lone = join(work, "lone.csv");
  const groups = lines.map((line, row) =>
    [...line.split(",").slice(0, 4), 20 + (row % 9), row % 40 === 7 ? `lone ${row}` : "rest"].join(),
  );
  writeFileSync(lone, `a,b,c,d,years,group\n${groups.join("\n")}\n`);
  const { value, text } = await compressCommand(heads, {
    ...flags,
    rows: lone,
    gate: "1",
    label: "years",
    output: "years",
    slice: "group",
  });
  const { entries, missing } = (value as { readonly report: CompressionReport }).report;
  expect(Object.keys(entries[0]!.slices)).toEqual(["group rest"]);
  expect(missing.length).toBeGreaterThan(0);
  expect(text).toMatch(/No score of slice group lone \d+: it is -Infinity for the model before/);
});

test("what is no use is refused by name, and writes nothing", async () => {
  rmSync(out, { force: true });
  const bad = join(work, "bad.csv");
  writeFileSync(bad, `a,b,place\n${"1,2,bar\n".repeat(30)}`);
  const few = join(work, "few.csv");
  writeFileSync(few, "a,b,c,d\n1,2,3,4\n");
  const cases: readonly (readonly [Partial<CompressFlags>, RegExp])[] = [
    [{ to: "int3" }, /--to: expected float16, int8, int4, mixed, received int3/],
    [{ gate: "-1" }, /--gate: expected a number from 0 to 1/],
    [{ gate: "" }, /--gate/],
    [{ runs: "0" }, /--runs: expected an integer from 1/],
    [{ rows: bad, label: "place" }, /input "features": expected a column "features" of 4 numbers/],
    [{ rows: few }, /expected at least 20 rows, .*received 1/],
    [{ rows: join(work, "none.csv") }, /none\.csv/],
    [{ label: "plaice" }, /--label: column: expected one of .*"place"/],
    // The label is looked for before what is left counts as inputs.
    [{ rows: bad, label: "plaice" }, /--label: column: expected one of .*Is place meant\?/],
    [{ output: "scores" }, /--output: expected probabilities, received scores/],
    [{ out: model }, /--out: expected a file that this does not read/],
    [{ out: join(work, "no/where.onnx") }, /--out: expected a file in a folder that is there/],
  ];
  for (const [wrong, says] of cases) {
    const error: unknown = await compressCommand(model, { ...flags, ...wrong }).catch((e: unknown) => e);
    expect(isTidelineError(error), String(error)).toBe(true);
    expect((error as Error).message).toMatch(says);
  }
  await expect(compressCommand(join(work, "none.onnx"), flags)).rejects.toThrow(/^tideline compress: model/);
  expect(existsSync(out)).toBe(false);
});
