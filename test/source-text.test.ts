import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceVectors, writeSource, type OnnxModel } from "@tideline/graph";
import { afterAll, expect, test } from "vitest";
import { hasGcc, runC, runTypeScript } from "./source/run-source.ts";
import { TEXT_CASES, textCase } from "./source/text-case.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-source-text-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test("cased triples of words agree with the interpreter in TypeScript", async () => {
  const name = "CasedTriples";
  const { model } = textCase(TEXT_CASES[name]!);
  const vectors = sourceVectors(model, { seed: 4, count: 60 });
  expect(vectors.inputs["text"]!.filter((one) => typeof one === "string").length).toBeGreaterThan(40);
  const { files } = writeSource(model, { name, vectors, language: "typescript" });
  expect(await runTypeScript(files, work, name)).toEqual([]);
});

test.skipIf(!hasGcc)("words and pairs of signs agree in C, and no memory is lost", () => {
  const { model } = textCase(TEXT_CASES["SignWords"]!);
  const vectors = sourceVectors(model, { seed: 4, count: 60 });
  const { files } = writeSource(model, { name: "SignWords", vectors, language: "c" });
  expect(runC(files, work, ["-fsanitize=address,undefined"])).toEqual(["0 differ"]);
});

function damaged(change: (node: OnnxModel["graph"]["nodes"][number]) => object): OnnxModel {
  const { model } = textCase(TEXT_CASES["WordPairs"]!);
  const nodes = model.graph.nodes.map((node) => ({ ...node, ...change(node) }));
  return { ...model, graph: { ...model.graph, nodes } };
}

const text = (value: string) => ({ type: "string", value });
const int = (value: number) => ({ type: "int", value });

test.each([
  ["an anchor", "Tokenizer", { tokenexp: text("\\b\\w+") }, /has an anchor/],
  ["a group", "Tokenizer", { tokenexp: text("(\\w)+") }, /group that captures/],
  ["an empty word", "Tokenizer", { tokenexp: text("\\w*") }, /fits the empty text/],
  ["a longest word that is not the first", "Tokenizer", { tokenexp: text("a|ab") }, /the longest word/],
  ["no pattern", "Tokenizer", { tokenexp: text("(") }, /none of ECMAScript/],
  ["capitals", "StringNormalizer", { case_change_action: text("UPPER") }, /more than small letters/],
  ["words skipped", "TfIdfVectorizer", { max_skip_count: int(1) }, /skips words/],
  ["weights", "TfIdfVectorizer", { mode: text("TFIDF") }, /only mode TF/],
])("%s is refused with a reason and what to do", (_, op, attributes, why) => {
  const model = damaged((node) =>
    node.op === op ? { attributes: { ...node.attributes, ...attributes } } : {},
  );
  const { files, unwritten } = writeSource(model, { name: "No", language: "c" });
  expect(files).toEqual([]);
  expect(unwritten![0]).toMatchObject({ what: 'input "text"', reason: expect.stringMatching(why) as string });
  expect(unwritten![0]!.instead).toMatch(/stringModel/);
});
