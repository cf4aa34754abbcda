import { columnCodes } from "../../frame/column-codes.ts";
import type { SliderOf } from "./slider.ts";

/** How many different values; NaN is one. */
export const countDistinctSlider: SliderOf = (_rows, given, _within, { values }) => {
  const { codes, count } = columnCodes(
    { kind: "float", name: "value", values: given.values },
    "countDistinct",
  );
  // NaN has code -1.
  const held = new Int32Array(count + 1);
  let distinct = 0;
  return {
    clear: () => void (distinct = 0),
    add(place) {
      if (held[codes[place]! + 1]!++ === 0) distinct++;
    },
    remove(place) {
      if (--held[codes[place]! + 1]! === 0) distinct--;
    },
    answer(row) {
      values[row] = distinct;
    },
  };
};
