import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { tidelineError } from "@tideline/spec";

/** The columns of the files, in order; the label follows. */
const COLUMNS = [
  "age",
  "workclass",
  "fnlwgt",
  "education",
  "education-num",
  "marital-status",
  "occupation",
  "relationship",
  "race",
  "sex",
  "capital-gain",
  "capital-loss",
  "hours-per-week",
  "native-country",
] as const;

/** Columns of numbers. `fnlwgt` is a weight of the survey and no feature. */
export const NUMERIC = ["age", "education-num", "capital-gain", "capital-loss", "hours-per-week"] as const;

/** Columns of categories; `?` is missing. */
export const CATEGORICAL = COLUMNS.filter((name) => name !== "fnlwgt" && !NUMERIC.includes(name as never));

/** A part of the census, one array a column. */
export interface CensusTable {
  readonly columns: Readonly<Record<string, readonly (string | number | null)[]>>;
  /** 1 where the income is above 50 000 dollars. */
  readonly y: Int32Array;
  readonly classes: readonly string[];
}

/** Reads `adult.data.gz` or `adult.test.gz` of a folder. @throws DATA_MALFORMED for a line of another form. */
export function censusTable(folder: string, part: "data" | "test"): CensusTable {
  const file = join(folder, `adult.${part}.gz`);
  const lines = gunzipSync(readFileSync(file))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("|"));
  const columns: Record<string, (string | number | null)[]> = {};
  for (const name of [...CATEGORICAL, ...NUMERIC]) columns[name] = [];
  const y = new Int32Array(lines.length);
  for (const [row, line] of lines.entries()) {
    const fields = line.trim().split(", ");
    if (fields.length !== COLUMNS.length + 1)
      throw tidelineError("DATA_MALFORMED", {
        who: file,
        field: `row ${row}`,
        expected: `${COLUMNS.length + 1} fields`,
        received: String(fields.length),
      });
    for (const [at, name] of COLUMNS.entries()) {
      const field = fields[at]!;
      if (name === "fnlwgt") continue;
      columns[name]!.push(NUMERIC.includes(name as never) ? Number(field) : field === "?" ? null : field);
    }
    y[row] = fields.at(-1)!.startsWith(">50K") ? 1 : 0;
  }
  return { columns, y, classes: ["<=50K", ">50K"] };
}

/** Some rows of a table, in order. */
export function tableRows({ columns, y, classes }: CensusTable, rows: readonly number[]): CensusTable {
  const chosen = Object.entries(columns).map(([name, column]) => [name, rows.map((row) => column[row]!)]);
  return { columns: Object.fromEntries(chosen), y: Int32Array.from(rows, (row) => y[row]!), classes };
}
