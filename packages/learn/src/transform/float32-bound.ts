const view = new DataView(new ArrayBuffer(4));

/** The largest float32 that is not above a number. */
export function float32Below(value: number): number {
  const near = Math.fround(value);
  return near <= value || Number.isNaN(near) ? near : neighbour(near, -1);
}

/** The least float32 that is not below a number. */
export function float32Above(value: number): number {
  const near = Math.fround(value);
  return near >= value || Number.isNaN(near) ? near : neighbour(near, 1);
}

/** The next float32 in a direction. */
function neighbour(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * 2 ** -149;
  view.setFloat32(0, value);
  view.setInt32(0, view.getInt32(0) + (value > 0 ? direction : -direction));
  return view.getFloat32(0);
}
