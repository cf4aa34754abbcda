import type { Random } from "../../random.ts";

/** How the rows of a tree are drawn. */
export interface BagPlan {
  /** Rows that may be drawn: those that weigh something. */
  readonly rows: Int32Array;
  /** How many are drawn. */
  readonly size: number;
  /** With replacement, so that a row may be drawn several times. */
  readonly bootstrap: boolean;
}

/** Plans bags of a share of the rows that weigh something. */
export function bagPlan(
  rows: number,
  weight: Float64Array | undefined,
  share: number,
  bootstrap: boolean,
): BagPlan {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const some = weight === undefined ? all : all.filter((row) => weight[row]! > 0);
  return { rows: some, size: Math.max(1, Math.round(share * some.length)), bootstrap };
}

/** Writes how often each row is drawn for a tree. */
export function drawBag({ rows, size, bootstrap }: BagPlan, random: Random, drawn: Uint32Array): void {
  drawn.fill(0);
  const count = rows.length;
  if (bootstrap) for (let at = 0; at < size; at++) drawn[rows[Math.floor(random.uniform() * count)]!]!++;
  // One pass that takes each row with the chance that makes up the size: D. Knuth's selection sampling.
  else
    for (let at = 0, left = size; left > 0; at++)
      if (random.uniform() * (count - at) < left) {
        drawn[rows[at]!] = 1;
        left--;
      }
}
