import { closeSync, openSync } from "node:fs";
import {
  binStream,
  treeTable,
  type BinOptions,
  type BinnedTable,
  type TreeChunks,
  type TreeRows,
  type TreeTable,
} from "@tideline/learn/tree";
import { readInto } from "./data-file.ts";
import type { OpenCall } from "./message.ts";

/** What rows in memory take at a time: some thousands of them. */
const CHUNK_BYTES = 2 ** 20;

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
 * Each piece stands where the one before it did, in every pass.
 */
export function trainChunks(call: OpenCall, bytes = CHUNK_BYTES): TreeChunks {
  const { columns, train } = call.files;
  const width = Math.max(1, Math.floor(bytes / (4 * columns)));
  const memory = Array.from({ length: columns }, () => new Float32Array(Math.min(width, train.rows)));
  return () => readChunks(call, memory, width);
}

async function* readChunks(
  call: OpenCall,
  memory: readonly Float32Array[],
  width: number,
): AsyncGenerator<TreeTable> {
  const { train } = call.files;
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

/** The training rows of the files as bins. */
export async function binnedFiles(call: OpenCall, options: BinOptions): Promise<BinnedTable> {
  return (await binStream(trainChunks(call), options)).table;
}

/** The classes of the files' training rows, read some at a time, too. */
export function trainClasses({ files: { train } }: OpenCall): Int32Array {
  const classes = new Int32Array(train.rows);
  const memory = new Float64Array(Math.min(train.rows, 2 ** 16));
  const descriptor = openSync(train.y, "r");
  for (let row = 0; row < train.rows; row += memory.length)
    classes.set(readInto(descriptor, memory.subarray(0, train.rows - row)), row);
  closeSync(descriptor);
  return classes;
}
