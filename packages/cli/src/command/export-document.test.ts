import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { graphBuilder, writeOnnx } from "@tideline/graph";
import { textInputs } from "@tideline/learn/transform";
import { ERROR_CODES } from "@tideline/spec";
import { afterAll, expect, test } from "vitest";
import { exportCommand } from "./export.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-export-document-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const docOf = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../../docs/${name}`, import.meta.url)), "utf8");

/** Shares of two classes by an age and a text, and the class. */
function gym(): string {
  const g = graphBuilder("gym");
  const age = g.input("age", "float32", ["N", 1]);
  const plan = g.input("plan", "int64", ["N", 1]);
  const own = g.constant(Float32Array.of(0.5, -0.5, -3, 3, 0, 0), [3, 2]);
  const scaled = g.op("MatMul", [
    g.op("Sub", [age, g.scalar(40)]),
    g.constant(Float32Array.of(1, -1), [1, 2]),
  ]);
  const scores = g.op("Add", [scaled, g.op("Squeeze", [g.op("Gather", [own, plan]), g.ints([1])])]);
  g.output("share", g.op("Softmax", [scores], { axis: 1 }));
  g.output("class", g.op("ArgMax", [scores], { axis: 1, keepdims: 0 }));
  const path = join(work, "gym.onnx");
  writeFileSync(path, writeOnnx(textInputs(g.build(), { plan: ["free", "paid", "\u0000"] })));
  return path;
}

/** JSON with what depends on the bytes of a writer put out of the way. */
const masked = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, one: unknown) => (key === "sha256" || key === "bytes" ? typeof one : one)),
  );

/** Every field of an object: lists by `[]`, keys that a model names by `*`. */
function fieldsOf(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => fieldsOf(one, `${path}[]`));
  if (typeof value !== "object" || value === null) return [path];
  const isNamed = /(?:^inputs|^outputs|dictionaries)$/.test(path);
  return Object.entries(value).flatMap(([key, one]) => {
    const own = path === "" ? key : `${path}.${isNamed ? "*" : key}`;
    return [own, ...fieldsOf(one, own)];
  });
}

/** First cells of a table's rows under a heading, as code. */
function rowsUnder(doc: string, heading: string): readonly string[] {
  const [, section = ""] = doc.split(`\n## ${heading}\n`);
  const lines = section.split("\n## ")[0]!.split("\n");
  return lines.flatMap((line) => /^\| `([^`]+)`/.exec(line)?.[1] ?? []);
}

test("what is written of the list and its rows is what an export writes, field by field", async () => {
  const doc = docOf("format/device-package.md");
  const inputs = join(work, "inputs.json");
  writeFileSync(inputs, '{"age": {"range": [18, 90]}}');
  const out = join(work, "out");
  const { fault } = await exportCommand(gym(), {
    out,
    folder: work,
    format: "onnx,ort,tflite,mlpackage",
    classes: "stays,leaves",
    inputs,
    vectors: "6",
    seed: "3",
  });
  expect(fault).toBeUndefined();
  const [list, vectors] = ["gym.json", "gym.vectors.json"].map(
    (name) => JSON.parse(readFileSync(join(out, name), "utf8")) as Readonly<Record<string, unknown>>,
  );
  const examples = [...doc.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, text]) => JSON.parse(text!) as object,
  );
  expect(masked(examples[0])).toEqual(masked(list));
  expect(examples[1]).toEqual(vectors);
  for (const [heading, written] of [
    ["`NAME.json`", list],
    ["`NAME.vectors.json`", vectors],
  ] as const)
    expect(new Set(rowsUnder(doc, heading))).toEqual(
      new Set(fieldsOf(written).filter((field) => !field.endsWith("[]"))),
    );
  // Whole numbers stand as such: the class is the place of the largest share.
  const { share, class: classes } = vectors!["outputs"] as Readonly<Record<string, readonly number[]>>;
  expect(new Set(classes)).toEqual(new Set([0, 1]));
  expect(classes).toEqual(classes!.map((_, row) => Number(share![2 * row + 1]! > share![2 * row]!)));
});

test("exit statuses are written as the codes have them", () => {
  const rows = [...docOf("export.md").matchAll(/^\| ([0-9]+) +\| (`[^|]*`) +\|/gm)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, status, codes] of rows)
    for (const [, code] of codes!.matchAll(/`([A-Z_]+)`/g))
      expect([code, ERROR_CODES[code as keyof typeof ERROR_CODES].exit]).toEqual([code, Number(status)]);
});
