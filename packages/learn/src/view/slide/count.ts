import type { SliderOf } from "./slider.ts";

/** How many rows. */
export const countSlider: SliderOf = (_rows, _given, within, { values }) => {
  let count = 0;
  return {
    clear: () => void (count = 0),
    add: () => void count++,
    ...(within === Number.POSITIVE_INFINITY ? {} : { remove: () => void count-- }),
    answer(row) {
      values[row] = count;
    },
  };
};
