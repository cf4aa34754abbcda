import { closeSync, openSync } from "node:fs";
import { binStream, treeTable, type BinnedTable, type TreeRows, type TreeTable } from "@tideline/learn/tree";
import { readInto } from "./data-file.ts";
import type { OpenCall } from "./message.ts";

/** What rows in memory take at a time: some thousands of them. */
const CHUNK_BYTES = 2 ** 22;

/** Columns by name, those of categories as the numbers that they stand as in the file. */
export function rowsOf({ files }: OpenCall, columns: readonly Float32Array[]): TreeRows {
  const name = (at: number): string => `c${at}`;
  return {
    columns: Object.fromEntries(columns.map((values, at) => [name(at), values])),
    categorical: files.categorical.map(name),
  };
}

/**
 * The training rows of the files some at a time, read from their place in each column; no column is in memory as a whole.
 * Each piece stands where the one before it did.
 */
export async function* trainChunks(call: OpenCall, bytes = CHUNK_BYTES): AsyncGenerator<TreeTable> {
  const { columns, train } = call.files;
  const width = Math.max(1, Math.floor(bytes / (4 * columns)));
  const memory = Array.from({ length: columns }, () => new Float32Array(Math.min(width, train.rows)));
  const descriptor = openSync(train.x, "r");
  try {
    for (let row = 0; row < train.rows; row += width) {
      const read = memory.map((values, column) =>
        readInto(descriptor, values.subarray(0, train.rows - row), 4 * (column * train.rows + row)),
      );
      yield treeTable(rowsOf(call, read));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The training rows of the files as bins, in memory that threads can share. */
export async function binnedFiles(
  call: OpenCall,
  options: { readonly bins: number; readonly minBinRows?: number; readonly seed: number },
): Promise<BinnedTable> {
  const allocate = (bytes: number) => new Uint8Array(new SharedArrayBuffer(bytes));
  return (await binStream(() => trainChunks(call), { ...options, allocate })).table;
}
