import { tidelineError } from "@tideline/spec";
import type { Column } from "../frame/column.ts";
import { parseBooleanText, parseIntegerText, parseTimeText } from "../frame/parse-text.ts";
import type { OneOfCheck } from "./check-def.ts";
import type { ExactNumber } from "./exact-number.ts";
import { numberTest, parseNumber, textTest, type RowTest } from "./cell-test.ts";

/**
 * The test of a list of values. Texts of a column are held against the texts of the list as they are, and against its
 * numbers and truths where they read as such. Numbers of a column are held against the list's numbers and truths; those of
 * integers also against texts that read as integers (the way to name what is beyond 2^53), times against texts that read
 * as times.
 *
 * @throws ARGUMENT_INVALID (in use) for a column of a kind that no value of the list can be of.
 */
export function oneOfTest({ values }: OneOfCheck): RowTest {
  const texts = new Set(values.filter((value) => typeof value === "string"));
  const truths = new Set(values.filter((value) => typeof value === "boolean"));
  const numbers = values.filter((value) => typeof value === "number");
  const own = [...numbers, ...[...truths].map(Number)];
  const byKind = {
    integer: among([...own, ...readBy(texts, parseIntegerText)]),
    time: among([...own, ...readBy(texts, parseTimeText)]),
  };
  const plain = among(own);
  const written = among(numbers);
  return (column, rows, out) => {
    if (column.kind === "string")
      return textTest(column, rows, out, (text) => {
        if (texts.has(text)) return false;
        const number = numbers.length === 0 ? undefined : parseNumber(text);
        if (number !== undefined && written.has(number)) return false;
        const truth = truths.size === 0 ? undefined : parseBooleanText(text);
        return truth === undefined || !truths.has(truth);
      });
    const { kind } = column;
    const listed = kind === "integer" || kind === "time" ? byKind[kind] : plain;
    if (listed.size === 0 && values.length > 0) throw refused(column);
    numberTest((value) => !listed.has(value), parseNumber)(column, rows, out);
  };
}

function readBy<Read>(texts: ReadonlySet<string>, read: (text: string) => Read | undefined): readonly Read[] {
  return [...texts].flatMap((text) => read(text) ?? []);
}

/** A set in which a whole number is the same whichever way it came. */
function among(list: readonly ExactNumber[]) {
  const plain = (value: ExactNumber): ExactNumber =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? BigInt(value)
      : typeof value === "bigint" && BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
        ? Number(value)
        : value;
  const set = new Set(list.map(plain));
  return { size: set.size, has: (value: ExactNumber) => set.has(plain(value)) };
}

function refused({ name, kind }: Column) {
  return tidelineError("ARGUMENT_INVALID", {
    who: "check oneOf",
    field: `column "${name}"`,
    expected: "a list with values of the column's kind",
    received: `texts alone for a ${kind} column`,
  });
}
