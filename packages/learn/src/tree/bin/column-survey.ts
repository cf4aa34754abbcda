import type { BinnedFeature } from "../binned-table.ts";
import type { NumericArray, TreeColumn } from "../tree-table.ts";
import { categoryBins, countCodes } from "./category-bin.ts";
import { mergedCodes } from "./merged-code.ts";
import type { BinSettings } from "./bin-option.ts";
import { freeMemory } from "./free-memory.ts";
import { numericBins } from "./numeric-bin.ts";
import type { SortRoom } from "./sort-room.ts";

/** What is learnt of a column whose chunks pass by once. */
export interface ColumnSurvey {
  /** A chunk of the column, before rows are drawn from it. */
  see(column: TreeColumn): void;
  /** Puts rows `start + places[i]` of the chunk that was seen last into slots from `slot` on. */
  draw(start: number, places: Int32Array, slot: number): void;
  /** Slot s becomes what slot `slots[s]` was. */
  shrink(slots: Int32Array): void;
  /** The feature of what was seen; `kept` slots are full. The last that is asked: what was drawn is given back. */
  feature(kept: number, room: SortRoom): BinnedFeature;
}

/** Whether float32 holds all numbers of an array's type. */
function isSingle(values: NumericArray): boolean {
  return values.BYTES_PER_ELEMENT < 4 || values instanceof Float32Array;
}

function numericSurvey(name: string, capacity: number, settings: BinSettings): ColumnSurvey {
  // Of half the size as long as that loses nothing.
  let drawn: Float32Array | Float64Array = new Float32Array(Math.min(capacity, 1 << 15));
  let values: NumericArray = drawn;
  const replace = (larger: Float32Array | Float64Array) => {
    larger.set(drawn);
    freeMemory(drawn.buffer);
    drawn = larger;
  };
  let ofSingles = true;
  return {
    see(column) {
      if (column.kind !== "numeric") return;
      ({ values } = column);
      if (drawn instanceof Float32Array && !isSingle(values)) replace(new Float64Array(drawn.length));
      ofSingles &&= values instanceof Float32Array;
    },
    draw(start, places, slot) {
      if (slot + places.length > drawn.length) {
        const length = Math.min(capacity, 2 * drawn.length);
        replace(drawn instanceof Float32Array ? new Float32Array(length) : new Float64Array(length));
      }
      for (let at = 0; at < places.length; at++) drawn[slot + at] = values[start + places[at]!]!;
    },
    shrink(slots) {
      for (let slot = 0; slot < slots.length; slot++) drawn[slot] = drawn[slots[slot]!]!;
    },
    feature(kept, room) {
      const feature = numericBins(name, drawn.subarray(0, kept), ofSingles, settings, room);
      freeMemory(drawn.buffer);
      return feature;
    },
  };
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

/** A survey of a column: a sample of at most `capacity` numbers, or the exact counts of all categories. */
export function columnSurvey(
  who: string,
  { kind, name }: Pick<TreeColumn, "kind" | "name">,
  capacity: number,
  settings: BinSettings,
): ColumnSurvey {
  return kind === "numeric"
    ? numericSurvey(name, capacity, settings)
    : categoricalSurvey(who, name, settings);
}
