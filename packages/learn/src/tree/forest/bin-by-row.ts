import type { AllocateBins, BinnedTable } from "../binned-table.ts";

/** The bins of a table, a row at a time: [rows * features]. */
export function binsByRow({ rows, bins }: BinnedTable, allocate: AllocateBins): Uint8Array {
  const width = bins.length;
  const out = allocate(rows * width);
  for (const [feature, column] of bins.entries()) spread(out, column, feature, width);
  return out;
}

function spread(out: Uint8Array, column: Uint8Array, feature: number, width: number): void {
  for (let row = 0, at = feature; row < column.length; row++, at += width) out[at] = column[row]!;
}

/** Memory that threads share, where the platform has any; else of the caller's own, and each thread gets a copy. */
export function sharedBins(bytes: number): Uint8Array {
  return new Uint8Array(
    typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes),
  );
}

/** Memory of the caller's own. */
export function ownBins(bytes: number): Uint8Array {
  return new Uint8Array(bytes);
}
