import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectFrame } from "@tideline/learn/frame";
import { isTidelineError } from "@tideline/spec";
import { parquetSource } from "../../parquet-source.ts";

/** Files of `scripts/vectors-prepare-parquet.py`: [300] rows in pages of both versions, and with checksums. */
export const ENCODED = ["first", "second", "checked"] as const;

/** Where one lies. */
export function encodedFile(name: (typeof ENCODED)[number]): string {
  return new URL(`../../../../../../vectors/prepare/parquet/${name}.parquet`, import.meta.url).pathname;
}

/** Reads such a file after `change` of its pages; gives why it cannot be read, if it cannot. @throws what is no error of data. */
export function damagedReader(
  folder: string,
): (name: (typeof ENCODED)[number], change: (pages: Uint8Array) => void) => Promise<string | undefined> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "changed.parquet");
  const files = new Map(ENCODED.map((name) => [name, readFileSync(encodedFile(name))]));
  return async (name, change) => {
    const bytes = Buffer.from(files.get(name)!);
    change(bytes.subarray(4, bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)));
    writeFileSync(path, bytes);
    try {
      const { rows } = await collectFrame(await parquetSource(path, { threads: 1 }));
      if (rows !== 300) throw new Error(`${rows} rows of 300`);
      return undefined;
    } catch (error) {
      if (!isTidelineError(error, "DATA_MALFORMED")) throw error;
      return error.message;
    }
  };
}
