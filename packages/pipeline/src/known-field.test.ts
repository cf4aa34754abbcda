import { expect, test } from "vitest";
import { frameOf } from "@tideline/learn/frame";
import { csvSource, jsonSource, openTable, parquetSource, writeArrow, writeParquet } from "./frame/index.ts";
import { prepare, snapshotTable, table } from "./prepare/index.ts";

test("a field that nothing reads is refused where it stands, with the one that may be meant", () => {
  const source = table("a.csv");
  const rows = { name: "a", source, steps: [] };
  const refused = (more: object, message: RegExp) =>
    expect(() => prepare({ ...rows, ...more } as Parameters<typeof prepare>[0])).toThrow(message);
  refused({ lable: "x" }, /prepare: lable: .*Is label meant\? \[DEFINITION_ILLEGAL\]/su);
  refused({ write: true }, /prepare: write: expected one of name, source/u);
  refused({ split: { by: "row", tets: 0.2 } }, /split\.tets: .*Is test meant\?/su);
  refused({ split: { by: "row", column: "x" } }, /split\.column: expected one of by, seed, test/u);
  refused({ split: { by: "time", column: "x", testFrom: "2026-01-01", test: 0.1 } }, /split\.test: /u);
  refused({ checks: { sourc: { columns: {}, rows: [] } } }, /checks\.sourc: .*Is source meant\?/su);
  const view = { view: {}, source, key: "a", time: "b" };
  refused({ views: [view, { ...view, evenTime: "c" }] }, /views\[1\]\.evenTime: .*Is eventTime meant\?/su);
  refused({ views: [{ ...view, source: "a.csv" }] }, /views\[0\]\.source: /u);
  expect(() => table("a.csv", { delimeter: ";" } as object)).toThrow(/delimeter: .*Is delimiter meant\?/su);
  expect(() => snapshotTable("a", { table: "b", snapshto: "c" } as { readonly table: string })).toThrow(
    /snapshto: .*Is snapshot meant\?/su,
  );
  for (const none of [null, "x"]) {
    refused({ split: none }, /split\.by: .*DEFINITION_ILLEGAL/su);
    refused({ views: none }, /views: .*DEFINITION_ILLEGAL/su);
    refused({ views: [none] }, /views\[0\]: expected an object of view, source.*DEFINITION_ILLEGAL/su);
    expect(() => table("a.csv", none as unknown as object)).toThrow(/table: options: .*DEFINITION_ILLEGAL/su);
    expect(() => snapshotTable("a", none as unknown as { readonly table: string })).toThrow(
      /snapshotTable: options: .*DEFINITION_ILLEGAL/su,
    );
  }
  expect(prepare(prepare(rows)).steps).toEqual([]);
});

test("options of readers and writers that there are not are refused", async () => {
  const strange = { rosw: 5 } as object;
  for (const use of [
    () => openTable("a.csv", strange),
    () => csvSource("a.csv", strange),
    () => jsonSource("a.json", strange),
    () => parquetSource("a.parquet", strange),
    () => writeParquet("a.parquet", frameOf({ a: [1] }), strange),
    () => writeArrow("a.arrow", frameOf({ a: [1] }), strange),
  ])
    await expect(async () => use()).rejects.toThrow(/rosw: expected one of .*DEFINITION_ILLEGAL/su);
});

test("a definition is of a preparation, or says nothing of what it is of", () => {
  const rows = { name: "a", source: table("a.csv"), steps: [] };
  expect(() => prepare({ ...rows, kind: "chain" } as Parameters<typeof prepare>[0])).toThrow(
    /prepare: kind: .*received "chain".*DEFINITION_ILLEGAL/su,
  );
});
