import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphBuilder, type OnnxModel } from "@tideline/graph";
import { afterAll, expect, test } from "vitest";
import { readModelRows } from "./export-rows.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-export-rows-"));
afterAll(() => rmSync(work, { recursive: true }));

/** A file of the work folder. */
function file(name: string, text: string): string {
  const path = join(work, name);
  writeFileSync(path, text);
  return path;
}

/** A model of texts and amounts by name, of which only the inputs are read. */
function model(texts: readonly string[], amounts: readonly string[] = []): OnnxModel {
  const g = graphBuilder("texts");
  const names = [...texts, ...amounts];
  for (const name of names) g.output(`own_${name}`, g.op("Identity", [g.input(name, "float32", ["N", 1])]));
  const built = g.build();
  const inputs = built.graph.inputs.map((input) =>
    texts.includes(input.name) ? { ...input, elementType: "string" as const } : input,
  );
  return { ...built, graph: { ...built.graph, inputs } };
}

test("what a model takes as texts is read as it is written, and so is a label with names of classes", async () => {
  const path = file("rows.csv", "member,zip,amount,bought\nyes,01234,1.5,no\nno,02345,2,yes\nyes,,3,yes\n");
  const { rows, labels } = await readModelRows(path, model(["member", "zip"], ["amount"]), {
    label: "bought",
    classes: ["no", "yes"],
  });
  expect(rows.inputs).toEqual({
    member: ["yes", "no", "yes"],
    zip: ["01234", "02345", ""],
    amount: Float32Array.of(1.5, 2, 3),
  });
  expect([...labels!]).toEqual([0, 1, 1]);
});

test("the only input takes texts of a column of any name", async () => {
  const path = file("only.csv", "answer,right\nyes,1.0\nno,0\n");
  const given = { label: "right", classes: ["1", "0"] };
  const { rows, labels } = await readModelRows(path, model(["said"]), given);
  expect(rows.inputs["said"]).toEqual(["yes", "no"]);
  // Numbers are names of classes however they are written.
  expect([...labels!]).toEqual([0, 1]);
  const odd = readModelRows(path, model(["said"]), { label: "right", classes: ["no", "yes"] });
  await expect(odd).rejects.toThrow(/--label right: expected one of the classes no, yes/);
});

test("without names of classes a label is a number still, and so is an input of numbers", async () => {
  const path = file("numbers.csv", "amount,right\n10,yes\n2,no\n");
  const { rows, labels } = await readModelRows(path, model([], ["amount"]), { label: "right" });
  expect([...(rows.inputs["amount"] as Float32Array)]).toEqual([10, 2]);
  expect([...labels!]).toEqual([1, 0]);
});

test("truths of other formats are texts as they are written there", async () => {
  const path = file("rows.jsonl", '{"member":true,"right":false}\n{"member":false,"right":true}\n');
  const given = { label: "right", classes: ["false", "true"] };
  const { rows, labels } = await readModelRows(path, model(["member"]), given);
  expect(rows.inputs["member"]).toEqual(["true", "false"]);
  expect([...labels!]).toEqual([0, 1]);
});
