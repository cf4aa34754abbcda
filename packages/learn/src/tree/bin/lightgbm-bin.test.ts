import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { binTable } from "./bin-table.ts";
import { treeTable } from "./table-rows.ts";

interface Vectors {
  readonly columns: Readonly<Record<string, readonly number[]>>;
  readonly cases: readonly { name: string; bins: number; minBinRows: number; counts: readonly number[] }[];
}

const file = new URL("../../../../../vectors/tree/bin.json", import.meta.url);
const { columns, cases } = JSON.parse(readFileSync(file, "utf8")) as Vectors;

test.each(cases)(
  "$name: $bins bins of at least $minBinRows rows are LightGBM's",
  ({ name, bins, minBinRows, counts }) => {
    const table = treeTable({ columns: { x: Float64Array.from(columns[name]!) } });
    const binned = binTable(table, { bins, minBinRows });
    const own = Array.from({ length: binned.features[0]!.bins }, () => 0);
    for (const bin of binned.bins[0]!) own[bin]!++;
    expect(own).toEqual(counts);
  },
);
