import type { Column } from "../frame/column.ts";
import { isMissing } from "../frame/validity.ts";
import type { RowExample } from "./check-report.ts";
import { identityOf, looksPersonal } from "./infer/identity.ts";

/** Examples of a check, and characters of a value, that are kept. */
const [MOST, LENGTH] = [5, 200];

/** The largest time of JavaScript, in microseconds. */
const LAST_TIME = 8.64e18;

/** The first rows that break a check. */
export interface RowExamples {
  /** Takes the rows of a piece that are marked; `start` is the place of its first row in what came in. */
  add(column: Column, broken: Uint8Array, start: number): void;
  readonly list: readonly RowExample[];
}

/** Keeps the first five rows that break a check, without values that may tell who a person is. */
export function rowExamples(name: string): RowExamples {
  const list: RowExample[] = [];
  const closed = identityOf(name, []) !== undefined;
  return {
    add(column, broken, start) {
      for (let row = broken.indexOf(1); row >= 0 && list.length < MOST; row = broken.indexOf(1, row + 1)) {
        const text = isMissing(column, row) ? "" : cellText(column, row);
        const hidden = text !== "" && (closed || (column.kind === "string" && looksPersonal(text)));
        list.push(Object.freeze({ row: start + row, value: hidden ? null : text.slice(0, LENGTH) }));
      }
    },
    list,
  };
}

/** A value as text. */
function cellText(column: Column, row: number): string {
  switch (column.kind) {
    case "string":
      return column.dictionary[column.codes[row]!]!;
    case "boolean":
      return column.values[row] === 1 ? "true" : "false";
    case "time": {
      const value = column.values[row]!;
      return Math.abs(value) <= LAST_TIME ? new Date(value / 1000).toISOString() : String(value);
    }
    case "vector":
      return listText(column.values.subarray(row * column.width, (row + 1) * column.width));
    case "series":
      return listText(column.values.subarray(column.offsets[row], column.offsets[row + 1]));
    case "bytes":
      return `${column.offsets[row + 1]! - column.offsets[row]!} bytes`;
    default:
      return String(column.values[row]);
  }
}

function listText(values: ArrayLike<number>): string {
  const some = Array.from({ length: Math.min(8, values.length) }, (_, at) => values[at]);
  return `[${some.join(", ")}${values.length > some.length ? ", ..." : ""}]`;
}
