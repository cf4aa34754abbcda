import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphBuilder, sourceVectors, writeSource } from "@tideline/graph";
import { afterAll, expect, test } from "vitest";
import { everyTransform, rangesOf } from "./source/every-transform.ts";
import { hostile, nasty } from "./source/hostile-graph.ts";
import { hasGcc, runC, runTypeScript } from "./source/run-source.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-source-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const { model, dictionaries, written, unwritten } = everyTransform();
const vectors = sourceVectors(model, { seed: 1, count: 10, dictionaries, ranges: rangesOf(model) });
const options = { name: "EveryTransform", dictionaries, vectors } as const;

test("the transforms on numbers, texts, times and places have source; the others say why not", () => {
  expect(written.length).toBeGreaterThanOrEqual(31);
  for (const why of Object.values(unwritten)) expect(why).toMatch(/a layer of nets/);
});

test("the same graph gives the same text", () => {
  const once = writeSource(model, { ...options, language: "typescript" });
  expect(writeSource(model, { ...options, language: "typescript" })).toEqual(once);
});

test("TypeScript of every transform agrees with the graph", async () => {
  const { files } = writeSource(model, { ...options, language: "typescript" });
  expect(await runTypeScript(files, work, "EveryTransform")).toEqual([]);
});

test.skipIf(!hasGcc)("C of every transform agrees with the graph", () => {
  const { files } = writeSource(model, { ...options, language: "c" });
  expect(runC(files, work)).toEqual(["0 differ"]);
});

test.skipIf(!hasGcc)("hostile names and texts are escaped, and what they look up is found", async () => {
  const one = hostile();
  const own = { name: "Hostile", dictionaries: nasty, notes: { Class: "*/ evil(); // \n" } } as const;
  const rows = sourceVectors(one, { seed: 3, count: 60, dictionaries: nasty });
  const c = writeSource(one, { ...own, vectors: rows, language: "c" });
  expect(runC(c.files, work)).toEqual(["0 differ"]);
  const typescript = writeSource(one, { ...own, vectors: rows, language: "typescript" });
  expect(await runTypeScript(typescript.files, work, "Hostile")).toEqual([]);
});

test.skipIf(!hasGcc)("an index that is one off is caught by the vectors", () => {
  const one = hostile();
  const rows = sourceVectors(one, { seed: 3, count: 20, dictionaries: nasty });
  const { files } = writeSource(one, { language: "c", name: "Hostile", dictionaries: nasty, vectors: rows });
  const swapped = files.map((file) =>
    file.path === "hostile.c"
      ? { ...file, text: file.text.replace("w->x1[i1]", "w->x1[(i1 + 1) % 3]") }
      : file,
  );
  expect(swapped).not.toEqual(files);
  expect(runC(swapped, work).at(-1)).not.toBe("0 differ");
});

test("what cannot be written says why, and what is wrong is refused", () => {
  const g = graphBuilder("layer");
  const x = g.input("x", "float32", ["N", 1, 8]);
  g.output("y", g.op("GlobalAveragePool", [x]));
  const { files, unsupported } = writeSource(g.build(), { language: "c", name: "Layer" });
  expect(files).toEqual([]);
  expect(unsupported).toMatch(/GlobalAveragePool.*a layer of nets/);
  for (const name of ["a b", "String", "Class", "X0", "Math"])
    expect(() => writeSource(hostile(), { language: "c", name })).toThrow(/a capital, then letters/);
  expect(() => writeSource(hostile(), { language: "c", name: "A", dictionaries: { no: [] } })).toThrow(
    /dictionaries/,
  );
});
