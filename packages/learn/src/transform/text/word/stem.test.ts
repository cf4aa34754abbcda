import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { englishStem } from "./english-stem.ts";
import { germanStem } from "./german-stem.ts";
import { porterStem } from "./porter-stem.ts";
import { STOP_WORDS } from "./stop-words.ts";
import { wordForm } from "./word-form.ts";

const path = new URL("../../../../../../vectors/prepare/text/stem.json", import.meta.url);
const vectors = JSON.parse(readFileSync(path, "utf8")) as Readonly<
  Record<string, Readonly<Record<string, string>>>
>;

it.each([
  { name: "porter", stem: porterStem },
  { name: "english", stem: englishStem },
  { name: "german", stem: germanStem },
])("$name: stems are NLTK's", ({ name, stem }) => {
  const words = Object.keys(vectors[name]!);
  expect(words.length).toBeGreaterThan(90);
  expect(Object.fromEntries(words.map((word) => [word, stem(word)]))).toEqual(vectors[name]);
});

it("puts the words of a text into their base forms", () => {
  const form = wordForm({ stem: "english", lemmas: { went: "go" } });
  expect(form("They went RUNNING, again & again!")).toBe("they go run, again & again!");
  expect(wordForm({ stem: "german" })("Die Häuser")).toBe("die haus");
  expect(wordForm()("Same Words")).toBe("same words");
  expect(() => wordForm({ stem: "latin" as "german" })).toThrow("DEFINITION_ILLEGAL");
  expect(() => wordForm({ lemmas: { a: 1 as unknown as string } })).toThrow("DEFINITION_ILLEGAL");
});

it("has no stop word twice, and none that a scan of words would miss", () => {
  for (const words of Object.values(STOP_WORDS)) {
    expect(new Set(words).size).toBe(words.length);
    expect(words.filter((word) => word !== word.toLowerCase() || !/^\p{L}+$/u.test(word))).toEqual([]);
  }
});
