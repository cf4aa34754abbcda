import { intoPlaces } from "./move-values.ts";
import type { ScalarVector } from "./scalar-vector.ts";
import type { PlacedQuestions, PlacedRows, PlacedValues } from "./slide/slider.ts";
import { timeGroups } from "./time-groups.ts";

/** Source rows by key and arrival. `known` absent: every row is known when it happens. */
export function placeRows(
  codes: Int32Array,
  count: number,
  times: Float64Array,
  known: Float64Array | undefined,
): PlacedRows {
  const late = known !== undefined && isLate(times, known);
  const arrivals = late ? times.map((time, row) => Math.max(time, known[row]!)) : times;
  const groups = timeGroups(codes, count, arrivals);
  const placed = intoPlaces(times, groups);
  return {
    ...groups,
    times: placed,
    known: known === undefined ? placed : intoPlaces(known, groups),
    arrivals: late ? intoPlaces(arrivals, groups) : placed,
    ...(late ? { byTime: byTime(groups.starts, placed) } : {}),
  };
}

/** Questions by key and time. */
export function placeQuestions(codes: Int32Array, count: number, times: Float64Array): PlacedQuestions {
  const groups = timeGroups(codes, count, times);
  return { ...groups, times: intoPlaces(times, groups) };
}

/** The values of an aggregate at the places of its rows. */
export function placeValues(
  placed: PlacedRows,
  of: ScalarVector | null,
  where: ScalarVector | null,
): PlacedValues {
  const values = of === null ? new Float64Array(0) : intoPlaces(of.values, placed);
  if (of?.nulls === undefined && where === null) return { vector: of, values };
  const { rows, places } = placed;
  const skip = new Uint8Array(rows.length);
  let some = false;
  for (let row = 0; row < places.length; row++) {
    const place = places[row]!;
    if (place < 0) continue;
    if (of?.nulls?.[row] === 1 || (where !== null && (where.values[row] !== 1 || where.nulls?.[row] === 1))) {
      skip[place] = 1;
      some = true;
    }
  }
  return { vector: of, values, ...(some ? { skip } : {}) };
}

function isLate(times: Float64Array, known: Float64Array): boolean {
  for (let row = 0; row < times.length; row++) if (known[row]! > times[row]!) return true;
  return false;
}

/** Places of each key by time. */
function byTime(starts: Int32Array, times: Float64Array): Int32Array {
  const codes = new Int32Array(times.length);
  for (let key = 0; key + 1 < starts.length; key++) codes.fill(key, starts[key]!, starts[key + 1]!);
  return timeGroups(codes, starts.length - 1, times).rows;
}
