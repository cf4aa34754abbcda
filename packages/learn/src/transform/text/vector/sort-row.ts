/** Sorts the columns of one row from `from` to `to`, and the numbers beside them. */
export function sortRow(indices: Int32Array, values: Float64Array, from: number, to: number): void {
  if (to - from > 48) {
    const places = new Float64Array(to - from);
    // Column and place in one number: a sort of numbers, without calls.
    for (let at = from; at < to; at++) places[at - from] = indices[at]! * 4194304 + (at - from);
    if (to - from < 4194304) {
      places.sort();
      const held = values.slice(from, to);
      for (let at = 0; at < places.length; at++) {
        const column = Math.floor(places[at]! / 4194304);
        indices[from + at] = column;
        values[from + at] = held[places[at]! - column * 4194304]!;
      }
      return;
    }
  }
  for (let at = from + 1; at < to; at++) {
    const column = indices[at]!;
    const value = values[at]!;
    let place = at - 1;
    for (; place >= from && indices[place]! > column; place--) {
      indices[place + 1] = indices[place]!;
      values[place + 1] = values[place]!;
    }
    indices[place + 1] = column;
    values[place + 1] = value;
  }
}
