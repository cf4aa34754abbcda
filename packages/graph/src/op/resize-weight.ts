/** How one axis is resized. */
export interface AxisResizing {
  /** The axis' length before and after. */
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** Start and end of the part that `tf_crop_and_resize` reads, as shares of the axis. */
  readonly roi: readonly [start: number, end: number];
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
}

/** By what the elements of an axis are multiplied to become those of the resized one. */
export interface AxisWeights {
  /** `[to, from]`, row-major; rows sum to 1, or to 0 where what is read lies outside. */
  readonly weights: Float64Array;
  /** Whether each new place reads outside of the axis, and so is the extrapolation value. */
  readonly outside: readonly boolean[];
}

/** The functions from a place of the resized axis to one of the axis, by ONNX's names. */
const COORDINATES: Readonly<Record<string, (x: number, axis: AxisResizing) => number>> = {
  half_pixel: (x, { scale }) => (x + 0.5) / scale - 0.5,
  half_pixel_symmetric: (x, { scale, from, to }) =>
    (from / 2) * (1 - to / (from * scale)) + (x + 0.5) / scale - 0.5,
  pytorch_half_pixel: (x, { scale, to }) => (to === 1 ? 0 : (x + 0.5) / scale - 0.5),
  align_corners: (x, { from, to }) => (to === 1 ? 0 : (x * (from - 1)) / (to - 1)),
  asymmetric: (x, { scale }) => x / scale,
  tf_crop_and_resize: (x, { from, to, roi: [start, end] }) =>
    (start + (to === 1 ? (end - start) / 2 : (x * (end - start)) / (to - 1))) * (from - 1),
};

/** Which neighbour is the nearest, by ONNX's names. */
const NEAREST: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

export const COORDINATE_NAMES: readonly string[] = Object.keys(COORDINATES);
export const NEAREST_NAMES: readonly string[] = Object.keys(NEAREST);

/** How much a neighbour at a distance counts (R. Keys, IEEE Trans. ASSP 29(6), 1981, for cubic with its parameter). */
function influence(mode: string, distance: number, a: number): number {
  const x = Math.abs(distance);
  if (mode === "linear") return Math.max(0, 1 - x);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/** The weights of one axis; see ONNX's Resize for the meaning of each name. */
export function axisWeights(axis: AxisResizing): AxisWeights {
  const { from, to, scale, mode, coordinates, antialias } = axis;
  const weights = new Float64Array(to * from);
  const outside: boolean[] = [];
  // Smaller: each new element averages over as many as it stands for.
  const stretch = antialias && mode !== "nearest" ? Math.min(1, scale) : 1;
  const reach = Math.ceil((mode === "cubic" ? 2 : 1) / stretch);
  for (let x = 0; x < to; x += 1) {
    const place = COORDINATES[coordinates]!(x, axis);
    outside.push(coordinates === "tf_crop_and_resize" && (place < 0 || place > from - 1));
    if (outside[x]) continue;
    const add = (at: number, weight: number): void => {
      const row = Math.min(from - 1, Math.max(0, at));
      weights[x * from + row]! += weight;
    };
    if (mode === "nearest") {
      add(NEAREST[axis.nearest]!(place), 1);
      continue;
    }
    const low = Math.floor(place);
    const near = Array.from({ length: 2 * reach }, (_, at) => low - reach + 1 + at)
      .map((at) => ({ at, weight: influence(mode, (at - place) * stretch, axis.cubic) }))
      .filter(({ at }) => !axis.excludeOutside || (at >= 0 && at < from));
    const sum = near.reduce((total, { weight }) => total + weight, 0);
    const whole = stretch < 1 || axis.excludeOutside ? sum : 1;
    for (const { at, weight } of near) add(at, weight / whole);
  }
  return { weights, outside };
}
