import { addExact, deviationOf, exactProduct, exactSum, STDDEV_LIMIT } from "@tideline/spec";
import type { SliderOf } from "./slider.ts";

/** The sample standard deviation from exact sums of values and of squares. */
export const stddevSlider: SliderOf = (_rows, { values: of }, within, { values, nulls }) => {
  let [total, squares, rows, illegal] = [exactSum(), exactSum(), 0, 0];
  const change = (place: number, sign: 1 | -1): void => {
    const value = of[place]!;
    rows += sign;
    if (!(Math.abs(value) <= STDDEV_LIMIT)) illegal += sign;
    else {
      addExact(total, sign * value);
      for (const term of exactProduct(value, value)) addExact(squares, sign * term);
    }
  };
  return {
    clear: () => void ([total, squares, rows, illegal] = [exactSum(), exactSum(), 0, 0]),
    add: (place) => change(place, 1),
    ...(within === Number.POSITIVE_INFINITY ? {} : { remove: (place: number) => change(place, -1) }),
    answer(row) {
      if (rows < 2) nulls[row] = 1;
      values[row] = illegal > 0 ? Number.NaN : (deviationOf({ total, squares, rows }) ?? 0);
    },
  };
};
