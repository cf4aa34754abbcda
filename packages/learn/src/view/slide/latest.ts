import { rowOrder } from "./row-order.ts";
import type { SliderOf } from "./slider.ts";

/** The latest value: by time, then by known time, then by value. Of an old one later rows are older still: none leaves. */
export const lastSlider: SliderOf = (rows, given, within, { values, nulls }) => {
  const { times } = rows;
  const { values: of } = given;
  const compare = rowOrder(rows, given);
  let best = -1;
  return {
    clear: () => void (best = -1),
    add(place) {
      if (best < 0 || compare(place, best) > 0) best = place;
    },
    answer(row, asOf) {
      const there = best >= 0 && asOf - times[best]! < within;
      if (!there) nulls[row] = 1;
      values[row] = there ? of[best]! : 0;
    },
  };
};

/** Seconds since the latest row. */
export const recencySlider: SliderOf = ({ times }, _given, within, { values, nulls }) => {
  let latest = Number.NEGATIVE_INFINITY;
  return {
    clear: () => void (latest = Number.NEGATIVE_INFINITY),
    add(place) {
      if (times[place]! > latest) latest = times[place]!;
    },
    answer(row, asOf) {
      const there = latest !== Number.NEGATIVE_INFINITY && asOf - latest < within;
      if (!there) nulls[row] = 1;
      values[row] = there ? (asOf - latest) / 1e6 : 0;
    },
  };
};
