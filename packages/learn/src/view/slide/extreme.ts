import { order } from "../kernel/comparison.ts";
import type { SliderOf } from "./slider.ts";

/**
 * The extreme of a window: places by time, each better than all after it, so that the first one still in the window is
 * the answer (the monotonic queue). One that becomes known late goes to where its time belongs.
 */
function extremeSlider(sign: 1 | -1): SliderOf {
  return ({ times, starts }, { values: of }, within, { values, nulls }) => {
    let most = 0;
    for (let key = 0; key + 1 < starts.length; key++) most = Math.max(most, starts[key + 1]! - starts[key]!);
    const queue = new Int32Array(most);
    let [head, tail] = [0, 0];
    return {
      clear: () => void (head = tail = 0),
      add(place) {
        let at = tail;
        if (within === Number.POSITIVE_INFINITY) at = 0;
        else while (at > head && times[queue[at - 1]!]! > times[place]!) at--;
        // One after it in time that is as good outlives it.
        if (at < tail && sign * order(of[queue[at]!]!, of[place]!) >= 0) return;
        let from = at;
        while (from > head && sign * order(of[queue[from - 1]!]!, of[place]!) <= 0) from--;
        if (within === Number.POSITIVE_INFINITY) {
          queue[0] = place;
          tail = 1;
          return;
        }
        queue.copyWithin(from + 1, at, tail);
        queue[from] = place;
        tail += from + 1 - at;
      },
      answer(row, asOf) {
        while (head < tail && asOf - times[queue[head]!]! >= within) head++;
        if (head === tail) nulls[row] = 1;
        values[row] = head < tail ? of[queue[head]!]! : 0;
      },
    };
  };
}

/** The least value. */
export const minSlider = extremeSlider(-1);

/** The greatest value. */
export const maxSlider = extremeSlider(1);
