import type { TimeGroups } from "./time-groups.ts";

/**
 * Values of rows at their places. Rows are read one after the other and each key writes behind what it wrote before, so that
 * the lines at hand stay in the cache; read by place, each value of a large table is a line of memory of its own.
 */
export function intoPlaces(values: Float64Array, { rows, places }: Omit<TimeGroups, "starts">): Float64Array {
  const out = new Float64Array(rows.length);
  for (let row = 0; row < places.length; row++) {
    const place = places[row]!;
    if (place >= 0) out[place] = values[row]!;
  }
  return out;
}

/** Values of places for their rows, `absent` for rows that have no place. */
export function outOfPlaces<Values extends Float64Array | Uint8Array>(
  values: Values,
  { places }: Pick<TimeGroups, "places">,
  absent: number,
): Values {
  const out = new (values.constructor as new (length: number) => Values)(places.length);
  for (let row = 0; row < places.length; row++) {
    const place = places[row]!;
    out[row] = place >= 0 ? values[place]! : absent;
  }
  return out;
}
