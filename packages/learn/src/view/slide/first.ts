import { rowOrder } from "./row-order.ts";
import type { SliderOf } from "./slider.ts";

/** The earliest value in a window: places in the order of `first`, of which old ones go from the front. */
export const firstSlider: SliderOf = (rows, given, within, { values, nulls }) => {
  const { times, starts } = rows;
  const { values: of } = given;
  const endless = within === Number.POSITIVE_INFINITY;
  let most = 1;
  if (!endless)
    for (let key = 0; key + 1 < starts.length; key++) most = Math.max(most, starts[key + 1]! - starts[key]!);
  const queue = new Int32Array(most);
  let [head, tail] = [0, 0];
  const compare = rowOrder(rows, given);
  return {
    clear: () => void (head = tail = 0),
    add(place) {
      let at = tail;
      while (at > head && compare(queue[at - 1]!, place) > 0) at--;
      if (endless) {
        if (at === 0) [queue[0], tail] = [place, 1];
        return;
      }
      queue.copyWithin(at + 1, at, tail);
      queue[at] = place;
      tail++;
    },
    answer(row, asOf) {
      while (head < tail && asOf - times[queue[head]!]! >= within) head++;
      if (head === tail) nulls[row] = 1;
      values[row] = head < tail ? of[queue[head]!]! : 0;
    },
  };
};
