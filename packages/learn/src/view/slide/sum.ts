import { addExact, exactSum, type ExactSum, roundExact } from "@tideline/spec";
import { pairSum } from "./pair-sum.ts";
import type { PlacedValues, SliderOf } from "./slider.ts";

/**
 * Sums that are exact, so that a value which leaves takes away precisely what it brought: the same bits as the
 * interpreter's. NaN and infinities are counted apart. A sum that overflows on its way is taken anew.
 */
export function slidingSum({ values: of }: PlacedValues) {
  const sum = pairSum();
  let [rows, nan, above, below] = [0, 0, 0, 0];
  const count = (value: number, one: number): void => {
    if (value !== value) nan += one;
    else if (value > 0) above += one;
    else below += one;
  };
  return {
    clear(): void {
      sum.clear();
      [rows, nan, above, below] = [0, 0, 0, 0];
    },
    add(place: number): void {
      const value = of[place]!;
      rows++;
      if (value - value === 0) sum.add(value);
      else count(value, 1);
    },
    remove(place: number): void {
      const value = of[place]!;
      rows--;
      if (value - value === 0) sum.add(-value);
      else count(value, -1);
    },
    rows: () => rows,
    special: (): number | undefined => {
      if (nan > 0 || (above > 0 && below > 0)) return Number.NaN;
      if (above > 0) return Number.POSITIVE_INFINITY;
      return below > 0 ? Number.NEGATIVE_INFINITY : undefined;
    },
    /** The finite part, rounded once; NaN where the sum overflows in the order of the source. */
    rounded(seen: () => Int32Array): number {
      const total = sum.rounded();
      if (total === total) return total;
      const again: ExactSum = exactSum();
      for (const place of seen()) if (Number.isFinite(of[place]!)) addExact(again, of[place]!);
      return roundExact(again);
    },
  };
}

function sumSlider(mean: boolean): SliderOf {
  return (_rows, given, within, { values, nulls }, type) => {
    const { clear, add, remove, rows, special, rounded } = slidingSum(given);
    return {
      clear,
      add,
      ...(within === Number.POSITIVE_INFINITY ? {} : { remove }),
      answer(row, _asOf, seen) {
        const other = special();
        const total = rows() === 0 ? Number.NaN : (other ?? rounded(seen));
        const absent =
          rows() === 0 ||
          (other === undefined && total !== total) ||
          (type === "int64" && !Number.isSafeInteger(total));
        if (absent) nulls[row] = 1;
        values[row] = absent ? 0 : total / (mean ? rows() : 1) + 0;
      },
    };
  };
}

/** The sum of the values. */
export const sumSliderOf = sumSlider(false);

/** Their arithmetic mean. */
export const meanSliderOf = sumSlider(true);
