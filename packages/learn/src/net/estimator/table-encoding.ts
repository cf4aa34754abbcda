import { tidelineError } from "@tideline/spec";
import type { NetInput } from "../net.ts";
import type { NetColumn } from "../train/net-data.ts";
import type { NetEncoder } from "./net-classifier.ts";
import { numbering, type Category, type Vocabulary } from "./vocabulary.ts";

/** Columns by name, all of one length. A number may be missing as `null`, `undefined` or NaN. */
export interface Table {
  readonly columns: Readonly<Record<string, ArrayLike<Category>>>;
}

/** What becomes of a missing number: it is refused, or the mean, or the mean and a mark that it was missing. */
export type MissingNumbers = "refuse" | "mean" | "indicate";

/** How columns become inputs: plain data, frozen, which the graph's metadata holds as `encoding`. */
export interface TableEncoding {
  /** Columns of int64 "categories" [N, C], in order: a value's number is its place plus 1, that of any other is 0. */
  readonly categorical: readonly (Vocabulary & { readonly name: string })[];
  /** Columns of float32 "numbers" [N, F], raw; a missing one is 0. */
  readonly numeric: readonly string[];
  /** Other than with "refuse" the graph takes float32 "missing" [N, F]: 1 where a number is missing, else 0. */
  readonly missing: MissingNumbers;
}

/** The inputs of a net over a table; those of no columns are left out. */
export function tableInputs({ categorical, numeric, missing }: TableEncoding): readonly NetInput[] {
  const inputs: NetInput[] = [];
  if (categorical.length > 0)
    inputs.push({ name: "categories", elementType: "int64", dims: [categorical.length] });
  if (numeric.length === 0) return inputs;
  inputs.push({ name: "numbers", elementType: "float32", dims: [numeric.length] });
  if (missing !== "refuse") inputs.push({ name: "missing", elementType: "float32", dims: [numeric.length] });
  return inputs;
}

/** What a number of a column is; NaN where it is missing. */
export function numberOf(value: Category): number {
  return typeof value === "number" ? value : value === null || value === undefined ? NaN : Infinity;
}

/**
 * A table as tensors.
 *
 * @example
 * const { categories, numbers } = tableEncoder(model.encoding).inputs({ columns }, 0, 10);
 */
export function tableEncoder(encoding: TableEncoding): NetEncoder<Table> {
  const { categorical, numeric, missing } = encoding;
  const names = [...categorical.map(({ name }) => name), ...numeric];
  const numbers = categorical.map((one) => numbering(one));
  return {
    count: ({ columns }) => columns[names[0]!]?.length ?? 0,
    check(who, { columns }) {
      const rows = columns[names[0]!]?.length ?? 0;
      for (const name of names) {
        const length = Object.hasOwn(columns, name) ? columns[name]!.length : undefined;
        if (length === rows) continue;
        const received = length === undefined ? "no such column" : String(length);
        throw tidelineError("ARGUMENT_INVALID", {
          who,
          field: `columns.${name}`,
          expected: `${rows} values`,
          received,
        });
      }
      for (const name of numeric) checkNumbers(who, name, columns[name]!, missing);
    },
    inputs({ columns }, start, count): Readonly<Record<string, NetColumn>> {
      const across = <T extends Int32Array | Float32Array>(
        into: T,
        of: readonly string[],
        value: (v: Category, at: number) => number,
      ): NetColumn => {
        for (const [at, name] of of.entries())
          for (let row = 0; row < count; row++)
            into[row * of.length + at] = value(columns[name]![start + row], at);
        return { dims: [of.length], values: into };
      };
      const own = names.slice(0, categorical.length);
      const all = {
        categories: () => across(new Int32Array(count * own.length), own, (v, at) => numbers[at]!(v)),
        numbers: () =>
          across(new Float32Array(count * numeric.length), numeric, (v) =>
            Number.isNaN(numberOf(v)) ? 0 : numberOf(v),
          ),
        missing: () =>
          across(new Float32Array(count * numeric.length), numeric, (v) =>
            Number.isNaN(numberOf(v)) ? 1 : 0,
          ),
      };
      return Object.fromEntries(
        tableInputs(encoding).map(({ name }) => [name, all[name as keyof typeof all]()]),
      );
    },
  };
}

function checkNumbers(who: string, name: string, column: ArrayLike<Category>, missing: MissingNumbers): void {
  for (let row = 0; row < column.length; row++) {
    const value = numberOf(column[row]);
    if (Number.isFinite(Math.fround(value)) || (Number.isNaN(value) && missing !== "refuse")) continue;
    throw tidelineError("DATA_MALFORMED", {
      who,
      field: `columns.${name}, row ${row}`,
      expected: missing === "refuse" ? "a finite number" : "a finite number, or none",
      received: typeof column[row] === "string" ? JSON.stringify(column[row]) : String(column[row]),
      remedy: remedyFor(column[row]),
    });
  }
}

function remedyFor(value: Category): string {
  if (typeof value === "string" || typeof value === "boolean")
    return "Convert the column to numbers first, or name it among the categorical ones.";
  if (Number.isNaN(numberOf(value))) return 'Impute or drop the row, or say missing: "mean" or "indicate".';
  return "Scale the column (nets compute in float32, which ends at 3.4e38) or drop the row.";
}
