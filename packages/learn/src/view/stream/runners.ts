import {
  addExact,
  deviationOf,
  exactProduct,
  exactSum,
  roundExact,
  STDDEV_LIMIT,
  type AggregateName,
} from "@tideline/spec";
import type { RunnerOf, StreamRows } from "./runner.ts";
import { runningLag } from "./running-lag.ts";
import { runningQuantile } from "./running-quantile.ts";

const count: RunnerOf = (keys) => {
  const counts = new Float64Array(keys);
  return {
    add({ codes }, from, to) {
      for (let row = from; row < to; row++) if (codes[row]! >= 0) counts[codes[row]!]!++;
    },
    answer(row, key, _asOf, { values }) {
      values[row] = counts[key]!;
    },
  };
};

/** The latest row, or with `sign` -1 the earliest. */
const utmost =
  (sign: 1 | -1): RunnerOf =>
  (keys, { within, order }) => {
    // Time and value of a key lie side by side: a row touches one line of the cache.
    const held = new Float64Array(2 * keys).fill(sign * Number.NEGATIVE_INFINITY);
    const known = new Float64Array(keys);
    /** [1], the time of the last row that was taken in order; in an array, as a variable would be an object anew for each row. */
    const latest = Float64Array.of(Number.NEGATIVE_INFINITY);
    /** The latest row of each key in the piece, where the piece is what is looked at. */
    const rowOf = new Int32Array(sign === 1 ? keys : 0).fill(-1);
    let piece: StreamRows | undefined;
    return {
      add(rows, from, to) {
        const { codes, times, known: told, values } = rows;
        if (sign === 1 && rows.apart && keys <= times.length) {
          piece = rows;
          return keepLast(codes, from, to, rowOf);
        }
        if (sign === 1 && told === times) return addRising(rows, from, to);
        for (let row = from; row < to; row++) {
          const code = codes[row]!;
          if (code < 0) continue;
          const time = times[row]!;
          if (sign * (time - held[2 * code]!) <= 0) {
            const later =
              time - held[2 * code]! || told[row]! - known[code]! || order(values[row]!, held[2 * code + 1]!);
            if (sign * later <= 0) continue;
          }
          held[2 * code] = time;
          held[2 * code + 1] = values[row]!;
          known[code] = told[row]!;
        }
      },
      leave() {
        if (piece === undefined) return;
        for (let key = 0; key < keys; key++) if (rowOf[key]! >= 0) take(key, piece);
        latest[0] = piece.times.at(-1)!;
        piece = undefined;
      },
      answer(row, key, asOf, { values, nulls }) {
        if (piece !== undefined && rowOf[key]! >= 0) take(key, piece);
        const time = held[2 * key]!;
        if (Number.isFinite(time) && asOf - time < within) values[row] = held[2 * key + 1]!;
        else nulls[row] = 1;
      },
    };

    /** Moves what a key has in the piece to what is held. */
    function take(key: number, { times, values }: StreamRows): void {
      const row = rowOf[key]!;
      held[2 * key] = times[row]!;
      held[2 * key + 1] = values[row]!;
      rowOf[key] = -1;
    }

    /** Of rows whose times rise each is the latest of its key, unless the one before it has the same time. */
    function addRising({ codes, times, values }: StreamRows, from: number, to: number): void {
      let before = latest[0]!;
      for (let row = from; row < to; row++) {
        const code = codes[row]!;
        if (code < 0) continue;
        const time = times[row]!;
        const value = values[row]!;
        if (time === before && time === held[2 * code]! && order(value, held[2 * code + 1]!) <= 0) continue;
        before = time;
        held[2 * code] = time;
        held[2 * code + 1] = value;
      }
      latest[0] = before;
    }
  };

/** The last row of each key from `from` to `to`. Of rows that come one after the other it is the latest: nothing else is read. */
function keepLast(codes: Int32Array, from: number, to: number, rowOf: Int32Array): void {
  for (let row = from; row < to; row++) {
    const code = codes[row]!;
    if (code >= 0) rowOf[code] = row;
  }
}

const recency: RunnerOf = (keys, { within }) => {
  const times = new Float64Array(keys).fill(Number.NEGATIVE_INFINITY);
  return {
    add({ codes, times: happened }, from, to) {
      for (let row = from; row < to; row++) {
        const code = codes[row]!;
        if (code >= 0 && happened[row]! > times[code]!) times[code] = happened[row]!;
      }
    },
    answer(row, key, asOf, { values, nulls }) {
      if (asOf - times[key]! < within) values[row] = (asOf - times[key]!) / 1e6;
      else nulls[row] = 1;
    },
  };
};

function extreme(sign: 1 | -1): RunnerOf {
  return (keys, { order }) => {
    const best = new Float64Array(keys);
    const seen = new Uint8Array(keys);
    return {
      add({ codes, values }, from, to) {
        for (let row = from; row < to; row++) {
          const code = codes[row]!;
          if (code < 0 || (seen[code] === 1 && sign * order(values[row]!, best[code]!) <= 0)) continue;
          best[code] = values[row]!;
          seen[code] = 1;
        }
      },
      answer(row, key, _asOf, { values, nulls }) {
        if (seen[key] === 1) values[row] = best[key]!;
        else nulls[row] = 1;
      },
    };
  };
}

function sum(mean: boolean): RunnerOf {
  return (keys, { type }) => {
    const counts = new Float64Array(keys);
    const sums = Array.from({ length: keys }, exactSum);
    return {
      add({ codes, values }, from, to) {
        for (let row = from; row < to; row++) {
          const code = codes[row]!;
          if (code < 0) continue;
          counts[code]!++;
          addExact(sums[code]!, values[row]!);
        }
      },
      answer(row, key, _asOf, { values, nulls }) {
        const { special } = sums[key]!;
        const total = roundExact(sums[key]!);
        const overflowed = special === undefined && total !== total;
        if (counts[key] === 0 || overflowed || (type === "int64" && !Number.isSafeInteger(total)))
          nulls[row] = 1;
        else values[row] = total / (mean ? counts[key]! : 1) + 0;
      },
    };
  };
}

const stddev: RunnerOf = (keys) => {
  const counts = new Float64Array(keys);
  const totals = Array.from({ length: keys }, exactSum);
  const squares = Array.from({ length: keys }, exactSum);
  return {
    add({ codes, values }, from, to) {
      for (let row = from; row < to; row++) {
        const code = codes[row]!;
        if (code < 0) continue;
        const value = Math.abs(values[row]!) <= STDDEV_LIMIT ? values[row]! : Number.NaN;
        counts[code]!++;
        addExact(totals[code]!, value);
        for (const term of exactProduct(value, value)) addExact(squares[code]!, term);
      }
    },
    answer(row, key, _asOf, { values, nulls }) {
      const value = deviationOf({ total: totals[key]!, squares: squares[key]!, rows: counts[key]! });
      if (value === null) nulls[row] = 1;
      else values[row] = value;
    },
  };
};

const countDistinct: RunnerOf = (keys) => {
  const seen = Array.from({ length: keys }, () => new Set<number>());
  return {
    add({ codes, values }, from, to) {
      for (let row = from; row < to; row++) if (codes[row]! >= 0) seen[codes[row]!]!.add(values[row]!);
    },
    answer(row, key, _asOf, { values }) {
      values[row] = seen[key]!.size;
    },
  };
};

/** The running form of every aggregate. `count_distinct` and `quantile` keep the values that they have seen. */
export const RUNNERS = {
  count,
  count_distinct: countDistinct,
  sum: sum(false),
  mean: sum(true),
  min: extreme(-1),
  max: extreme(1),
  stddev,
  quantile: runningQuantile,
  first: utmost(-1),
  last: utmost(1),
  lag: runningLag,
  recency,
} as const satisfies Record<AggregateName, RunnerOf>;
