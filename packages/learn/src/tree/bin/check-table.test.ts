import { expect, test } from "vitest";
import type { TreeTable } from "../tree-table.ts";
import { binStream } from "./bin-stream.ts";
import { binTable } from "./bin-table.ts";
import { MOST_CATEGORIES } from "./category-codes.ts";
import { treeTable } from "./table-rows.ts";

const x = { kind: "numeric", name: "x", values: Float64Array.of(1, 2, 3) };
const c = { kind: "categorical", name: "c", codes: Int32Array.of(0, 1, 0), categories: ["a", "b"] };
const many = Array.from({ length: MOST_CATEGORIES + 1 }, (_, code) => code);

test.each([
  [{ rows: 4, columns: [x] }, /table\.columns\.x: expected 4 rows.*received 3/, "ARGUMENT_INVALID"],
  [
    { rows: 3, columns: [x, { ...c, codes: new Int32Array(2) }] },
    /columns\.c: expected 3 rows/,
    "ARGUMENT_INVALID",
  ],
  [{ rows: 3, columns: [x, { ...c, name: "x" }] }, /each name once, received "x" twice/, "ARGUMENT_INVALID"],
  [{ rows: 3, columns: [{ ...x, name: 7 }] }, /columns\[0\]\.name: expected a text/, "ARGUMENT_INVALID"],
  [{ rows: 3, columns: [null] }, /columns\[0\]\.name: expected a text/, "ARGUMENT_INVALID"],
  [
    { rows: 3, columns: [{ ...x, values: [1, 2, 3] }] },
    /columns\.x: expected kind "numeric"/,
    "ARGUMENT_INVALID",
  ],
  [{ rows: 3, columns: [{ ...x, kind: "text" }] }, /received "text"/, "ARGUMENT_INVALID"],
  [{ rows: 3, columns: [] }, /at least one column/, "ARGUMENT_INVALID"],
  [{ rows: -1, columns: [x] }, /rows: expected an integer of at least 0/, "ARGUMENT_INVALID"],
  [{ rows: 3, columns: [{ ...c, categories: many }] }, /at most 1048576.*received 1048577/, "DATA_MALFORMED"],
])("a table that is none: %#", async (given, message, code) => {
  const table = given as unknown as TreeTable;
  const error = expect.objectContaining({ code, message: expect.stringMatching(message) });
  expect(() => treeTable(table)).toThrow(error);
  expect(() => binTable(table)).toThrow(error);
  if (table.columns.length === 0) return;
  // A stream may find the same earlier, in the first chunk's columns.
  if (table.columns[0] === null || code === "DATA_MALFORMED") return;
  const stream = binStream(async function* () {
    yield table;
  });
  await expect(stream).rejects.toThrow(error);
});

test("a coded column may be one of identifiers, too", () => {
  const coded = { codes: Int32Array.of(0), categories: many };
  expect(() => treeTable({ columns: { id: coded } })).toThrow(
    expect.objectContaining({ code: "DATA_MALFORMED", message: expect.stringContaining('column "id"') }),
  );
});

test.each([
  ["null", ["a", null, "b"]],
  ["a category twice", ["a", "a", "b"]],
])("%s in a list is the same to tables and streams", async (_, categories) => {
  const codes = Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2);
  const table: TreeTable = { rows: 12, columns: [{ kind: "categorical", name: "c", codes, categories }] };
  const whole = binTable(table);
  const { table: streamed } = await binStream(async function* () {
    yield table;
  });
  expect(whole).toEqual(streamed);
  expect(whole.features[0]).toMatchObject({ categories: ["a", "b"], codes: Int32Array.of(0, 1), bins: 3 });
  expect([...whole.bins[0]!]).toEqual([...codes].map((code) => [0, categories[1] === null ? 2 : 0, 1][code]));
});
