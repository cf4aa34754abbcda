import { expect, test } from "vitest";
import type { BinnedTable } from "../binned-table.ts";
import { binTable } from "./bin-table.ts";
import { checkBinned } from "./check-binned.ts";
import { treeTable } from "./table-rows.ts";

const columns = { x: [1, 2, null, 4, 1, 2, null, 4, 1, 2, 4], c: Array.from("aababaaabab") };
const good = binTable(treeTable({ columns, categorical: ["c"] }), { minBinRows: 1 });
const [x, c] = good.features as [
  BinnedTable["features"][0] & { kind: "numeric" },
  BinnedTable["features"][0] & { kind: "categorical" },
];
const with1 = (bins: unknown) => ({ ...good, bins: [bins, good.bins[1]] });

test.each([
  [with1(new Uint8Array(10)), /bins\.x: expected 11 rows, received 10/, "ARGUMENT_INVALID"],
  [with1(new Uint16Array(11)), /bins\.x: expected a Uint8Array/, "ARGUMENT_INVALID"],
  [{ ...good, bins: [good.bins[0]] }, /expected 2 arrays/, "ARGUMENT_INVALID"],
  [{ ...good, rows: 12 }, /expected 12 rows/, "ARGUMENT_INVALID"],
  [{ ...good, rows: NaN }, /rows: expected an integer/, "ARGUMENT_INVALID"],
  [{ ...good, features: [] }, /at least one feature/, "ARGUMENT_INVALID"],
  [{ ...good, features: [x, { ...c, name: "x" }] }, /each name once/, "ARGUMENT_INVALID"],
  [{ ...good, features: [{ ...x, bins: x.bins + 1 }, c] }, /features\.x/, "ARGUMENT_INVALID"],
  [{ ...good, features: [{ ...x, upper: x.upper.toReversed() }, c] }, /features\.x/, "ARGUMENT_INVALID"],
  [{ ...good, features: [x, { ...c, codes: Int32Array.of(0, 2) }] }, /features\.c/, "ARGUMENT_INVALID"],
  [{ ...good, features: [x, { ...c, codes: Int32Array.of(1, 1) }] }, /features\.c/, "ARGUMENT_INVALID"],
  [
    with1(good.bins[0]!.with(4, x.bins)),
    /bins\.x\[4\]: expected a bin of 0\.\.3, received 4/,
    "DATA_MALFORMED",
  ],
])("bins that are none: %#", (table, message, code) => {
  const error = expect.objectContaining({ code, message: expect.stringMatching(message) });
  expect(() => checkBinned("fit", table as unknown as BinnedTable)).toThrow(error);
});

test("bins of ours pass", () => {
  expect(() => checkBinned("fit", good)).not.toThrow();
});
