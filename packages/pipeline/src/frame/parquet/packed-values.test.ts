import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { collectFrame, isMissing, type Column } from "@tideline/learn/frame";
import { temporaryFolder } from "../../catalog/testing/temporary-folder.ts";
import { parquetSource } from "../parquet-source.ts";
import { planFiles } from "./parquet-plan.ts";
import { damagedReader, ENCODED, encodedFile } from "./testing/encoded-files.ts";

function text(row: number): string | null {
  if (row % 5 === 1) return null;
  return row % 11 === 0 ? "" : `https://example.org/${(row * 7919) % 1000}/${"ü".repeat(row % 4)}`;
}

/** What the script of the files says stands in them. */
const VALUES: Readonly<Record<string, (row: number) => string | number | bigint | null>> = {
  shared: text,
  lengths: text,
  none: () => null,
  narrow: (row) => (row % 7 === 1 ? null : ((row * 2_654_435_761) % 2 ** 32) - 2 ** 31),
  wide: (row) => BigInt((row % 2 === 0 ? 1 : -1) * row * row * 1_000_003),
  split: (row) => row / 4,
};

function valueAt(column: Column, row: number): unknown {
  if (isMissing(column, row)) return null;
  if (column.kind === "string") return column.dictionary[column.codes[row]!];
  return "values" in column ? column.values[row] : undefined;
}

test("texts and numbers in each encoding are what their writer was given, in pieces that end within pages", async () => {
  for (const name of ENCODED) {
    const path = encodedFile(name);
    expect((await planFiles([path]))!.columns).not.toContain(undefined);
    const { columns, rows } = await collectFrame(await parquetSource(path, { rows: 77 }));
    expect(columns.map((column) => column.name)).toEqual(Object.keys(VALUES));
    for (const column of columns) {
      const read = Array.from({ length: rows }, (_, row) => valueAt(column, row));
      expect(read, `${name}: ${column.name}`).toEqual(
        Array.from({ length: 300 }, (_, row) => VALUES[column.name]!(row)),
      );
    }
  }
});

test("pages changed anywhere are an error of data, or other values: no crash", async () => {
  const read = damagedReader(temporaryFolder(onTestFinished));
  const change = fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ENCODED),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (name, changes) => {
        await read(name, (pages) => {
          for (const [place, byte] of changes) pages[Math.floor(place * pages.length)] = byte;
        });
      },
    ),
    { numRuns: 120 },
  );
});

test("a page that is not what its checksum says is told, with what to do, where others would give other values", async () => {
  const read = damagedReader(temporaryFolder(onTestFinished));
  const flip = (pages: Uint8Array): void => {
    const at = Buffer.from(pages.buffer, pages.byteOffset, pages.length).lastIndexOf("https://example.org/");
    pages[at + 3]! ^= 1;
  };
  expect(await read("first", flip)).toBeUndefined();
  expect(await read("checked", flip)).toMatch(
    /column "lengths".*checksum is 0x[\da-f]{8}, where its head says.*Copy the file anew/su,
  );
});
