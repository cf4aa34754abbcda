import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { tidelineError } from "@tideline/spec";
import type { LabelledColumns } from "./labelled-column.ts";

const FILE = "online_shoppers_intention.csv.gz";

/** Codes and names; the other columns are numbers. */
const CATEGORICAL = [
  "Month",
  "OperatingSystems",
  "Browser",
  "Region",
  "TrafficType",
  "VisitorType",
  "Weekend",
] as const;

/** Visits to a shop, and whether they ended in a purchase. */
export interface ShopperSessions extends LabelledColumns {
  /** Rows with the same columns have the same key. */
  readonly keys: readonly string[];
}

/** All visits of the file. @throws DATA_MALFORMED for a line of another form. */
export function shopperSessions(folder: string): ShopperSessions {
  const [head, ...lines] = gunzipSync(readFileSync(join(folder, FILE)))
    .toString("utf8")
    .trim()
    .split(/\r?\n/);
  const names = head!.split(",");
  const columns: Record<string, string[] | Float32Array> = {};
  for (const name of names.slice(0, -1))
    columns[name] = CATEGORICAL.includes(name as never) ? [] : new Float32Array(lines.length);
  const y = new Int32Array(lines.length);
  for (const [row, line] of lines.entries()) {
    const fields = line.split(",");
    const revenue = ["FALSE", "TRUE"].indexOf(fields.at(-1)!.toUpperCase());
    const malformed = (expected: string) =>
      tidelineError("DATA_MALFORMED", {
        who: "online-shoppers",
        field: `${FILE} line ${row + 2}`,
        expected,
        received: line.slice(0, 80),
      });
    if (fields.length !== names.length || names.at(-1) !== "Revenue" || revenue < 0)
      throw malformed(`${names.length} fields, the last of them Revenue: TRUE or FALSE`);
    for (const [at, name] of names.slice(0, -1).entries()) {
      const field = fields[at]!;
      const column = columns[name]!;
      if (Array.isArray(column)) column.push(field);
      else if (field === "" || !Number.isFinite(Number(field))) throw malformed(`a number in ${name}`);
      else column[row] = Number(field);
    }
    y[row] = revenue;
  }
  return {
    columns,
    categorical: CATEGORICAL,
    y,
    classes: ["no purchase", "purchase"],
    row: Int32Array.from(lines, (_, row) => row),
    keys: lines.map((line) => line.slice(0, line.lastIndexOf(","))),
  };
}
