import type { BinnedFeature } from "../binned-table.ts";
import type { NumericArray, TreeColumn } from "../tree-table.ts";
import { categoryBins, countCodes } from "./category-bin.ts";
import { mergedCodes } from "./merged-code.ts";
import type { BinSettings } from "./bin-option.ts";
import { numericBins } from "./numeric-bin.ts";
import type { Slab } from "./slab.ts";
import type { SortRoom } from "./sort-room.ts";

/** What is learnt of a column whose chunks pass by once. */
export interface ColumnSurvey {
  /** A chunk of the column, before rows are drawn from it. */
  see(column: TreeColumn): void;
  /** Puts rows `start + places[i]` of the chunk that was seen last into slots from `slot` on. */
  draw(start: number, places: Int32Array, slot: number): void;
  /** Slot s becomes what slot `slots[s]` was. */
  shrink(slots: Int32Array): void;
  /** The feature of what was seen; `kept` slots are full. */
  feature(kept: number, room: SortRoom): BinnedFeature;
}

/** Whether float32 holds all numbers of an array's type. */
function isSingle(values: NumericArray): boolean {
  return values.BYTES_PER_ELEMENT < 4 || values instanceof Float32Array;
}

/** Slots of a piece of a column's sample: it grows without a copy. */
const PIECE_BITS = 12;
const PIECE = 1 << PIECE_BITS;

function numericSurvey(name: string, settings: BinSettings, memory: Slab): ColumnSurvey {
  // In float32, half as large, as long as that loses nothing.
  let single = true;
  let pieces: (Float32Array | Float64Array)[] = [];
  let values: NumericArray = new Float32Array(0);
  let ofSingles = true;
  const add = () => pieces.push(single ? memory.singles(PIECE) : memory.doubles(PIECE));
  return {
    see(column) {
      if (column.kind !== "numeric") return;
      ({ values } = column);
      if (single && !isSingle(values)) {
        single = false;
        const before = pieces;
        pieces = [];
        for (const [at, piece] of before.entries()) {
          add();
          pieces[at]!.set(piece);
        }
      }
      ofSingles &&= values instanceof Float32Array;
    },
    draw(start, places, slot) {
      while (slot + places.length > pieces.length * PIECE) add();
      for (let at = 0; at < places.length;) {
        const first = (slot + at) & (PIECE - 1);
        const end = Math.min(places.length, at + PIECE - first);
        gather(values, start, places, at, end, pieces[(slot + at) >> PIECE_BITS]!, first);
        at = end;
      }
    },
    shrink(slots) {
      for (let slot = 0; slot < slots.length; slot++) {
        const from = slots[slot]!;
        pieces[slot >> PIECE_BITS]![slot & (PIECE - 1)] = pieces[from >> PIECE_BITS]![from & (PIECE - 1)]!;
      }
    },
    feature(kept, room) {
      const sample = room.of(kept)[single ? "singles" : "doubles"].subarray(0, kept);
      for (let start = 0; start < kept; start += PIECE)
        sample.set(pieces[start >> PIECE_BITS]!.subarray(0, kept - start), start);
      return numericBins(name, sample, ofSingles, settings, room);
    },
  };
}

function gather(
  values: NumericArray,
  start: number,
  places: Int32Array,
  from: number,
  to: number,
  into: Float32Array | Float64Array,
  first: number,
): void {
  for (let at = from; at < to; at++) into[first + at - from] = values[start + places[at]!]!;
}

function categoricalSurvey(who: string, name: string, settings: BinSettings): ColumnSurvey {
  const merged = mergedCodes(who, name);
  let counts = new Float64Array(16);
  return {
    see(column) {
      if (column.kind !== "categorical") return;
      const codes = merged.codesOf(column);
      const own = new Float64Array(codes.length);
      countCodes(column.codes, own);
      if (merged.categories.length > counts.length) {
        const longer = new Float64Array(2 * merged.categories.length);
        longer.set(counts);
        counts = longer;
      }
      for (const [code, count] of own.entries()) if (codes[code]! >= 0) counts[codes[code]!]! += count;
    },
    draw() {},
    shrink() {},
    feature() {
      const { categories } = merged;
      return categoryBins(
        name,
        Object.freeze([...categories]),
        counts.subarray(0, categories.length),
        settings.minBinRows,
      );
    },
  };
}

/** A survey of a column: the numbers of its drawn rows, in the memory given, or the exact counts of all categories. */
export function columnSurvey(
  who: string,
  { kind, name }: Pick<TreeColumn, "kind" | "name">,
  settings: BinSettings,
  memory: Slab,
): ColumnSurvey {
  return kind === "numeric" ? numericSurvey(name, settings, memory) : categoricalSurvey(who, name, settings);
}
