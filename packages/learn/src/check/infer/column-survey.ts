import type { Column, ColumnSchema, StringColumn } from "../../frame/column.ts";
import { parseFloatText, parseIntegerText, parseTimeText } from "../../frame/parse-text.ts";
import { isMissing } from "../../frame/validity.ts";
import { numberSums } from "../../profile/number-sums.ts";
import { valueTally } from "../../profile/value-tally.ts";
import { orderTest } from "../order-test.ts";
import type { ColumnFacts, TextFacts } from "./column-facts.ts";
import { peopleTally } from "./people-tally.ts";
import { formSearch } from "./text-form.ts";

/** Values that are held apart at most, to know whether they are unique: 48 MiB a column. */
export const MOST_UNIQUE = 2 ** 21;

/** What a column is, gathered from its pieces. */
export interface ColumnSurvey {
  /** @param people who each row is of, where `leastPeople` is given. */
  add(column: Column, rows: number, people?: Column): void;
  finish(): Omit<ColumnFacts, "identity" | "sample">;
}

/** Gathers in bounded memory what {@link ColumnFacts} says of every row; pieces may be cut anywhere. */
export function columnSurvey({ name, kind }: ColumnSchema, leastPeople?: number): ColumnSurvey {
  const sums = ["float", "integer", "boolean", "time", "vector"].includes(kind) ? numberSums() : undefined;
  const tally = kind === "string" ? valueTally() : undefined;
  const texts = kind === "string" ? textSurvey() : undefined;
  const shared = kind === "string" && leastPeople !== undefined ? peopleTally(leastPeople) : undefined;
  const unique = ["string", "integer", "float"].includes(kind) ? uniqueSearch(name) : undefined;
  let whole = kind === "integer" || kind === "float";
  let [rows, missing] = [0, 0];
  return {
    add(column, count, people) {
      rows += count;
      for (let row = 0; row < count; row++) if (isMissing(column, row)) missing++;
      sums?.add(column);
      tally?.add(column, count);
      if (column.kind === "float")
        whole &&= column.values.every((value) => value !== value || Number.isSafeInteger(value));
      // Measures are different by nature, and no keys.
      if (kind !== "float" || whole) unique?.add(column, count);
      if (column.kind !== "string") return;
      texts?.add(column);
      if (people !== undefined) shared?.add(column, people, count);
    },
    finish() {
      const some = sums !== undefined && sums.count > 0;
      return {
        name,
        kind,
        rows,
        missing,
        min: some ? sums.min : null,
        max: some ? sums.max : null,
        infinite: sums?.infinite ?? 0,
        whole,
        unique: kind !== "float" || whole ? unique?.finish() : undefined,
        values: tally?.finish(),
        text: texts?.finish(),
        shared: shared?.finish(),
      };
    },
  };
}

/** Looks for a value that comes twice, by the very test of the check. */
function uniqueSearch(name: string) {
  let test: ReturnType<typeof orderTest> | undefined = orderTest(
    { check: "unique" },
    `inferChecks: "${name}"`,
  );
  let [unique, seen]: [boolean | undefined, number] = [true, 0];
  return {
    add(column: Column, rows: number): void {
      if (test === undefined) return;
      seen += rows;
      if (seen > MOST_UNIQUE) [test, unique] = [undefined, undefined];
      const twice = new Uint8Array(rows);
      test?.([column], rows, twice, new Uint8Array(rows));
      if (twice.includes(1)) [test, unique] = [undefined, false];
    },
    finish: () => unique,
  };
}

function textSurvey() {
  const form = formSearch();
  let reads = [
    // Other texts of the same number are other texts: "007" is no integer.
    {
      kind: "integer" as const,
      of: (text: string) => /^(?:0|-?[1-9]\d*)$/u.test(text) && parseIntegerText(text) !== undefined,
    },
    {
      kind: "float" as const,
      of: (text: string) => !/^-?0\d/u.test(text) && Number.isFinite(parseFloatText(text)),
    },
    { kind: "time" as const, of: (text: string) => parseTimeText(text) !== undefined },
  ];
  let some = false;
  return {
    add(column: StringColumn): void {
      if (reads.length === 0 && !form.open) return;
      const used = new Uint8Array(column.dictionary.length);
      for (const code of column.codes) if (code >= 0) used[code] = 1;
      for (const [at, text] of column.dictionary.entries()) {
        if (used[at] === 0) continue;
        some = true;
        reads = reads.filter(({ of }) => of(text));
        if (form.open) form.add(text);
        else if (reads.length === 0) return;
      }
    },
    finish: (): TextFacts => ({
      reads: some ? reads[0]?.kind : undefined,
      form: form.finish(true),
      anonymous: form.finish(false),
    }),
  };
}
