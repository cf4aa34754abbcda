import { expect, test } from "vitest";
import { prepare, snapshotTable, table } from "./index.ts";
import { nearestName } from "./known-field.ts";

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
  refused({ checks: { sourc: { columns: {}, rows: [] } } }, /checks/u);
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

test("the nearest name is near", () => {
  expect(nearestName("Seperator", ["separator", "sample"])).toBe("separator");
  expect(nearestName("colour", ["name", "steps"])).toBeUndefined();
});
