import { rowOrder } from "./row-order.ts";
import type { SliderOf } from "./slider.ts";

/**
 * The value so many rows before the latest: the latest places in order, one more than that many. Of an old one later rows
 * alone are kept longer: none leaves.
 */
export const lagSlider: SliderOf = (rows, given, within, { values, nulls }, _type, back) => {
  const { times } = rows;
  const compare = rowOrder(rows, given);
  const most = back + 1;
  // Twice the room, so that what stands moves to the front once in `most` rows only.
  const queue = new Int32Array(2 * most);
  let [head, tail] = [0, 0];
  return {
    clear: () => void (head = tail = 0),
    add(place) {
      let at = tail;
      while (at > head && compare(queue[at - 1]!, place) > 0) at--;
      if (tail - head === most) {
        if (at === head) return;
        head++;
      }
      if (tail === queue.length) {
        queue.copyWithin(0, head, tail);
        [head, tail, at] = [0, tail - head, at - head];
      }
      queue.copyWithin(at + 1, at, tail);
      queue[at] = place;
      tail++;
    },
    answer(row, asOf) {
      const place = tail - head === most ? queue[head]! : -1;
      const there = place >= 0 && asOf - times[place]! < within;
      if (!there) nulls[row] = 1;
      values[row] = there ? given.values[place]! : 0;
    },
  };
};
