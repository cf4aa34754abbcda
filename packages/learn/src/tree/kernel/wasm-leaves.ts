import type { WasmCrew } from "./wasm-crew.ts";
import type { WasmPlaces } from "./wasm-layout.ts";

/** Rows of leaves: each leaf has a part in every thread's share of the tree's rows. */
export interface WasmLeaves {
  /** Leaves of the tree so far. */
  readonly used: number;
  /** A tree begins: all rows are leaf 0's. */
  restart(): void;
  /** Leaf `into` has come into being. */
  add(into: number): void;
  count(leaf: number): number;
  /** A view of the order itself where the leaf lies in one piece, else of a copy. */
  rowsOf(leaf: number): Int32Array;
}

/** Reads what the kernels keep of leaves. */
export function wasmLeaves(crew: WasmCrew, place: WasmPlaces, rows: number, leaves: number): WasmLeaves {
  const { buffer, threads } = crew;
  const begins = new Int32Array(buffer, place.leafBegin, leaves * threads);
  const counts = new Int32Array(buffer, place.leafCount, leaves * threads);
  const order = new Int32Array(buffer, place.order, rows);
  const moved = new Int32Array(buffer, place.moved, rows);
  let used = 0;
  const part = (leaf: number, thread: number): Int32Array => {
    const at = leaf * threads + thread;
    return order.subarray(begins[at]!, begins[at]! + counts[at]!);
  };
  const count = (leaf: number): number => {
    let sum = 0;
    for (let thread = 0; thread < threads; thread++) sum += counts[leaf * threads + thread]!;
    return sum;
  };
  return Object.freeze({
    get used() {
      return used;
    },
    restart() {
      used = 1;
    },
    add(into: number) {
      used = Math.max(used, into + 1);
    },
    count,
    rowsOf(leaf: number) {
      const all = count(leaf);
      let filled = 0;
      for (let thread = 0; thread < threads; thread++) {
        const own = part(leaf, thread);
        if (own.length === all) return own;
        moved.set(own, filled);
        filled += own.length;
      }
      return moved.subarray(0, filled);
    },
  });
}
