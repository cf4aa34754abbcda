import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checks, oneOf, range } from "@tideline/learn/check";
import { collectFrame, type Frame } from "@tideline/learn/frame";
import { dropMissing, oneHotEncoder, simpleImputer, standardScaler } from "@tideline/learn/transform";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../../catalog/testing/temporary-folder.ts";
import { parquetSource } from "../../frame/index.ts";
import { table, type Prepared, type PreparationOptions } from "../index.ts";

/** Rows of the table that can be read. */
export const ROWS = 600;
const CITIES = ["Bonn", "Ulm", "Köln"];

/** Visits: a person, a city, an age (some missing, one 900), a spend, a label (some missing); two lines are no rows. */
export function visits(): string {
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const age = row === 41 ? 900 : row % 11 === 0 ? "" : 20 + ((row * 7) % 50);
    const label = row % 97 === 5 ? "" : (row * 13) % 7 < 3 ? "yes" : "no";
    return `p${row % 60},${CITIES[row % 3]},${age},${((row * 37) % 101) / 4},${label}`;
  });
  lines.splice(100, 0, "p1,Bonn,old,2,yes", "p1,Bonn,30");
  return `person,city,age,spend,label\n${lines.join("\n")}\n`;
}

/** A folder, and the file of the table. */
export function start(): { readonly folder: string; readonly file: string } {
  const root = temporaryFolder(onTestFinished);
  mkdirSync(root, { recursive: true });
  const file = join(root, "visits.csv");
  writeFileSync(file, visits());
  return { folder: join(root, "prepare"), file };
}

/** The definition of a preparation of the table. */
export const options = (file: string, more: Partial<PreparationOptions> = {}): PreparationOptions => ({
  name: "visits",
  source: table(file),
  checks: {
    source: checks({
      columns: { age: [range(0, 120, { severity: "quarantine" })], city: [oneOf(CITIES)] },
      rows: [],
    }),
    after: { 1: checks({ columns: { age: [range(-10, 10)] }, rows: [] }) },
    every: checks({ columns: { spend: [range(-100, 1000)] }, rows: [] }),
  },
  clean: [dropMissing({ columns: ["label"] })],
  split: { by: "group", column: "person", test: 0.2, validation: 0.2 },
  steps: [
    simpleImputer({ columns: ["age"], strategy: "mean" }),
    standardScaler({ columns: ["age", "spend"] }),
    oneHotEncoder({ columns: ["city"] }),
  ],
  label: "label",
  ...more,
});

/** Hashes of the files of an outcome. */
export const bytesOf = ({ path }: Prepared) =>
  Object.fromEntries(
    readdirSync(path).map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(path, name)))
        .digest("hex"),
    ]),
  );
/** Steps, `+` where they were there. */
export const hitsOf = ({ steps }: Prepared) => steps.map(({ name, hit }) => `${hit ? "+" : "-"}${name}`);
/** The rows of a part. */
export const rowsOf = async (of: Prepared, part: string): Promise<Frame> =>
  collectFrame(await parquetSource(join(of.path, `${part}.parquet`)));
