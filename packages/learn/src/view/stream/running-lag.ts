import type { RunnerOf } from "./runner.ts";

/** The latest rows of a key, the earliest first. */
interface Latest {
  readonly times: number[];
  readonly known: number[];
  readonly values: number[];
}

/** The value so many rows before the latest: that many rows and one for each key that has come. */
export const runningLag: RunnerOf = (keys, { within, order, parameter: back }) => {
  const latest: (Latest | undefined)[] = Array.from({ length: keys });
  return {
    add({ codes, times, known, values }, from, to) {
      for (let row = from; row < to; row++) {
        const code = codes[row]!;
        if (code < 0) continue;
        const held = (latest[code] ??= { times: [], known: [], values: [] });
        const [time, told, value] = [times[row]!, known[row]!, values[row]!];
        let at = held.times.length;
        while (
          at > 0 &&
          (held.times[at - 1]! - time || held.known[at - 1]! - told || order(held.values[at - 1]!, value)) > 0
        )
          at--;
        const full = held.times.length > back;
        for (const [list, one] of [
          [held.times, time],
          [held.known, told],
          [held.values, value],
        ] as const) {
          if (at === list.length) list.push(one);
          else list.splice(at, 0, one);
          if (full) list.shift();
        }
      }
    },
    answer(row, key, asOf, { values, nulls }) {
      const held = latest[key];
      const there = held !== undefined && held.times.length > back && asOf - held.times[0]! < within;
      if (there) values[row] = held.values[0]!;
      else nulls[row] = 1;
    },
  };
};
