import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tidelineError } from "@tideline/spec";
import type { ExampleRows } from "./example.ts";

const CLASSES = ["ham", "spam"];

/** Labelled texts; which of them are the same but for writing. */
export interface Messages extends ExampleRows {
  readonly texts: readonly string[];
  /** Texts that differ only in case, digits, signs and spaces have one. */
  readonly groups: readonly string[];
}

/** All messages of the collection. */
export function messages(folder: string): Messages {
  const lines = readFileSync(join(folder, "SMSSpamCollection.tsv"), "utf8").trimEnd().split("\n");
  const rows = lines.map((line, at) => {
    const tab = line.indexOf("\t");
    const label = CLASSES.indexOf(line.slice(0, tab));
    if (label >= 0) return { label, text: line.slice(tab + 1) };
    throw tidelineError("DATA_MALFORMED", {
      who: "sms-spam",
      field: `line ${at + 1}`,
      expected: "ham or spam, a tab and a text",
      received: line.slice(0, 40),
    });
  });
  const texts = rows.map(({ text }) => text);
  return {
    texts,
    y: Int32Array.from(rows, ({ label }) => label),
    classes: CLASSES,
    groups: texts.map(sameText),
    row: Int32Array.from(rows, (_, row) => row),
  };
}

/** Some of the messages. */
export function messagesAt({ texts, y, classes, groups, row }: Messages, rows: Int32Array): Messages {
  const pick = <T>(list: ArrayLike<T>) => Array.from(rows, (at) => list[at]!);
  return {
    texts: pick(texts),
    y: Int32Array.from(pick(y)),
    classes,
    groups: pick(groups),
    row: Int32Array.from(pick(row)),
  };
}

function sameText(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\p{N}+/gu, "0")
    .replace(/[^\p{L}0]+/gu, " ")
    .trim();
}
