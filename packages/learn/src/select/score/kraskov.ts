import { argsort } from "../argsort.ts";

/** A column in order, which several estimates share. */
export interface OrderedValues {
  readonly values: Float64Array;
  /** Rows in ascending order of values. */
  readonly order: Int32Array;
  /** The values in that order. */
  readonly sorted: Float64Array;
}

/** Sorts a column. */
export function orderedValues(values: Float64Array): OrderedValues {
  const order = argsort(values);
  const sorted = new Float64Array(values.length);
  for (let at = 0; at < order.length; at++) sorted[at] = values[order[at]!]!;
  return { values, order, sorted };
}

/**
 * The mutual information of two columns of numbers in nats, by nearest neighbours: A. Kraskov, H. Stögbauer and P.
 * Grassberger, "Estimating mutual information", Physical Review E 69, 2004, the first of their two, as scikit-learn computes
 * it; never below 0.
 *
 * @param x, y [N], finite, ties broken. @param neighbours below N. @param digamma of the integers up to N.
 */
export function kraskov(
  x: OrderedValues,
  y: OrderedValues,
  neighbours: number,
  digamma: Float64Array,
): number {
  const rows = x.values.length;
  const radius = neighbourDistance(x, y, neighbours);
  const sum = sumNearer(x, radius, digamma) + sumNearer(y, radius, digamma);
  return Math.max(0, digamma[rows]! + digamma[neighbours]! - sum / rows);
}

/** The sum of the digammas of how many values, itself among them, are nearer to each than its radius. */
function sumNearer(
  { values, order, sorted }: OrderedValues,
  radius: Float64Array,
  digamma: Float64Array,
): number {
  let sum = 0;
  for (let place = 0; place < order.length; place++) {
    const row = order[place]!;
    const value = values[row]!;
    const reach = radius[row]!;
    sum += digamma[endNearer(sorted, place, value, reach) - startNearer(sorted, place, value, reach)]!;
  }
  return sum;
}

function isNear(distance: number, reach: number): boolean {
  return reach > 0 ? distance < reach : distance <= 0;
}

/** The first place that is near, searched from `place` downwards in growing steps, then by halves. */
function startNearer(sorted: Float64Array, place: number, value: number, reach: number): number {
  let near = place;
  let step = 1;
  let far = place - 1;
  while (far >= 0 && isNear(value - sorted[far]!, reach)) {
    near = far;
    step *= 2;
    far = place - step;
  }
  if (far < 0) far = -1;
  while (near - far > 1) {
    const middle = (near + far) >> 1;
    if (isNear(value - sorted[middle]!, reach)) near = middle;
    else far = middle;
  }
  return near;
}

/** The place after the last that is near. */
function endNearer(sorted: Float64Array, place: number, value: number, reach: number): number {
  let near = place;
  let step = 1;
  let far = place + 1;
  while (far < sorted.length && isNear(sorted[far]! - value, reach)) {
    near = far;
    step *= 2;
    far = place + step;
  }
  if (far > sorted.length) far = sorted.length;
  while (far - near > 1) {
    const middle = (near + far) >> 1;
    if (isNear(sorted[middle]! - value, reach)) near = middle;
    else far = middle;
  }
  return far;
}

/**
 * The distance (the larger of those along x and y) of each row to its k-th nearest other row. Rows are cut into strips of
 * equal count along x, each in the order of y: the neighbours of a row stand around its y in its strip and the next ones.
 */
export function neighbourDistance(x: OrderedValues, y: OrderedValues, k: number): Float64Array {
  const rows = x.values.length;
  const size = Math.max(k + 1, Math.ceil(Math.sqrt(rows)));
  const strips = Math.ceil(rows / size);
  const stripOf = new Int32Array(rows);
  for (let place = 0; place < rows; place++) stripOf[x.order[place]!] = Math.floor(place / size);
  const ends = new Int32Array(strips);
  for (let strip = 0; strip < strips; strip++) ends[strip] = strip * size;
  const row = new Int32Array(rows);
  const xs = new Float64Array(rows);
  const ys = new Float64Array(rows);
  for (let place = 0; place < rows; place++) {
    const own = y.order[place]!;
    const at = ends[stripOf[own]!]!++;
    row[at] = own;
    xs[at] = x.values[own]!;
    ys[at] = y.values[own]!;
  }
  const out = new Float64Array(rows);
  const nearest = new Float64Array(k);
  for (let at = 0; at < rows; at++) {
    nearest.fill(Infinity);
    const [px, py] = [xs[at]!, ys[at]!];
    const strip = Math.floor(at / size);
    scan(xs, ys, strip * size, ends[strip]!, at, at + 1, px, py, nearest);
    for (let next = strip - 1; next >= 0; next--) {
      const end = (next + 1) * size;
      if (px - x.sorted[end - 1]! >= nearest[k - 1]!) break;
      const from = firstAtLeast(ys, next * size, end, py);
      scan(xs, ys, next * size, end, from, from, px, py, nearest);
    }
    for (let next = strip + 1; next < strips; next++) {
      const start = next * size;
      if (x.sorted[start]! - px >= nearest[k - 1]!) break;
      const from = firstAtLeast(ys, start, ends[next]!, py);
      scan(xs, ys, start, ends[next]!, from, from, px, py, nearest);
    }
    out[row[at]!] = nearest[k - 1]!;
  }
  return out;
}

/** Takes rows of a strip, below `down` and from `up` on, until they are too far along y. */
function scan(
  xs: Float64Array,
  ys: Float64Array,
  start: number,
  end: number,
  down: number,
  up: number,
  px: number,
  py: number,
  nearest: Float64Array,
): void {
  const last = nearest.length - 1;
  for (let at = down - 1; at >= start; at--) {
    const off = py - ys[at]!;
    if (off >= nearest[last]!) break;
    const distance = Math.max(off, Math.abs(xs[at]! - px));
    if (distance < nearest[last]!) insert(nearest, distance);
  }
  for (let at = up; at < end; at++) {
    const off = ys[at]! - py;
    if (off >= nearest[last]!) break;
    const distance = Math.max(off, Math.abs(xs[at]! - px));
    if (distance < nearest[last]!) insert(nearest, distance);
  }
}

function insert(nearest: Float64Array, distance: number): void {
  let at = nearest.length - 1;
  for (; at > 0 && nearest[at - 1]! > distance; at--) nearest[at] = nearest[at - 1]!;
  nearest[at] = distance;
}

function firstAtLeast(ys: Float64Array, start: number, end: number, value: number): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ys[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
