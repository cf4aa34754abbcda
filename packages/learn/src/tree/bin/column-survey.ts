import type { BinnedFeature } from "../binned-table.ts";
import type { NumericArray, TreeColumn } from "../tree-table.ts";
import { categoryBins, countCodes } from "./category-bin.ts";
import { mergedCodes } from "./merged-code.ts";
import type { BinSettings } from "./bin-option.ts";
import { numericBins } from "./numeric-bin.ts";

/** What is learnt of a column whose chunks pass by once. */
export interface ColumnSurvey {
  /** A chunk of the column, before rows are drawn from it. */
  see(column: TreeColumn): void;
  /** Puts rows `start + places[i]` of the chunk that was seen last into slots from `slot` on. */
  draw(start: number, places: Int32Array, slot: number): void;
  /** Slot s becomes what slot `slots[s]` was. */
  shrink(slots: Int32Array): void;
  /** The feature of what was seen; `kept` slots are full. */
  feature(kept: number): BinnedFeature;
}

function numericSurvey(name: string, capacity: number, settings: BinSettings): ColumnSurvey {
  let drawn = new Float64Array(Math.min(capacity, 1 << 15));
  let values: NumericArray = drawn;
  let ofSingles = true;
  return {
    see(column) {
      if (column.kind !== "numeric") return;
      ({ values } = column);
      ofSingles &&= values instanceof Float32Array;
    },
    draw(start, places, slot) {
      if (slot + places.length > drawn.length) {
        const longer = new Float64Array(Math.min(capacity, 2 * drawn.length));
        longer.set(drawn);
        drawn = longer;
      }
      for (let at = 0; at < places.length; at++) drawn[slot + at] = values[start + places[at]!]!;
    },
    shrink(slots) {
      for (let slot = 0; slot < slots.length; slot++) drawn[slot] = drawn[slots[slot]!]!;
    },
    feature: (kept) => numericBins(name, drawn.subarray(0, kept), ofSingles, settings),
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
