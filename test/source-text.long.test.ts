import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeSource } from "@tideline/graph";
import { denseMatrix } from "@tideline/learn";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { write } from "./source/run-source.ts";
import { TEXT_CASES, textCase } from "./source/text-case.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-source-any-text-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test("any text has the vectorizer's numbers: of all of Unicode, halves of pairs too", async () => {
  const { model, fitted } = textCase(TEXT_CASES["WordPairs"]!);
  const { files } = writeSource(model, { name: "AnyText", language: "typescript" });
  write(files, work);
  const { anyText } = (await import(pathToFileURL(join(work, files[0]!.path)).href)) as {
    anyText: (input: { text: string | null }) => { weights: Float32Array };
  };
  const word = fc.constantFrom(...fitted.terms, "ΟΔΟΣ", "İstanbul", "call", "NOW", "\u0345", "Σ", "\ud800");
  const sign = fc.string({ unit: "binary", maxLength: 3 });
  const text = fc.array(fc.oneof(word, sign, fc.constantFrom(" ", ",", "'")), { maxLength: 24 });
  const check = fc.property(text, (parts) => {
    const given = parts.join("");
    const wanted = denseMatrix(fitted.transform([given])).values;
    const made = anyText({ text: given }).weights;
    expect(wanted.every((want, at) => Math.abs(made[at]! - want) < 1e-6)).toBe(true);
  });
  fc.assert(check, { numRuns: 3000 });
  expect(anyText({ text: null }).weights.every((weight) => weight === 0)).toBe(true);
});
