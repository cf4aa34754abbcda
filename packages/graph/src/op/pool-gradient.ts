import { elementCount } from "../onnx.ts";
import type { Value } from "../value.ts";
import { dimsOf, maskOf, reshaped } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import { positionsOf, padded, tapsOf } from "./tap.ts";
import { placesOf, type Sliding } from "./sliding.ts";
import { transposedSliding } from "./transposed-sliding.ts";

/** Whether the windows are blocks that lie side by side and cover the input exactly. */
function tiles({ kernel, strides, dilations, before, lengths }: Sliding, sizes: readonly number[]): boolean {
  return kernel.every(
    (size, axis) =>
      strides[axis] === size &&
      (dilations[axis] === 1 || size === 1) &&
      before[axis] === 0 &&
      lengths[axis]! * size === sizes[axis],
  );
}

/**
 * What every position of a window gives back, `[N, C, output]` each in row-major order of the kernel, added up where the
 * windows lie: the input's gradient `[N, C, sizes]`. Windows side by side are put together by rearranging; others go
 * through a ConvTranspose whose kernels hold a single 1.
 */
function folded(g: GraphEmitter, parts: readonly Value[], sliding: Sliding, sizes: readonly number[]): Value {
  const { kernel, lengths } = sliding;
  const [rows, channels] = dimsOf(parts[0]!) as [number, number];
  const count = kernel.length;
  if (tiles(sliding, sizes)) {
    // [N, C, o1, o2, k1 k2] -> [N, C, o1, k1, o2, k2].
    const last = parts.map((part) => reshaped(g, part, [...dimsOf(part), 1]));
    const joined = last.length === 1 ? last[0]! : g.op("Concat", last, { axis: -1 });
    const split = reshaped(g, joined, [rows, channels, ...lengths, ...kernel]);
    const perm = [0, 1, ...kernel.flatMap((_, axis) => [2 + axis, 2 + count + axis])];
    const ordered = count === 1 ? split : g.op("Transpose", [split], { perm });
    return reshaped(g, ordered, [rows, channels, ...sizes]);
  }
  const size = elementCount(kernel);
  const alone = parts.map((part) => reshaped(g, part, [rows * channels, 1, ...lengths]));
  const joined = alone.length === 1 ? alone[0]! : g.op("Concat", alone, { axis: 1 });
  const units = constantLike(
    g,
    joined,
    Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0)),
    [size, 1, ...kernel],
  );
  const spread = g.op("ConvTranspose", [joined, units], { ...transposedSliding(sliding, sizes) });
  return reshaped(g, spread, [rows, channels, ...sizes]);
}

function constantLike(
  g: GraphEmitter,
  like: Value,
  values: readonly number[],
  dims: readonly number[],
): Value {
  return g.constant(
    like.elementType === "float64" ? Float64Array.from(values) : Float32Array.from(values),
    dims,
  );
}

/**
 * The gradient of a maximum over windows: to the first position, in row-major order, that holds the window's largest
 * value, as in PyTorch.
 */
export function maxPoolGradient(g: GraphEmitter, x: Value, y: Value, dy: Value, sliding: Sliding): Value {
  // Less than every number that a window may hold; infinity, too, would be found only in windows of nothing else.
  const taps = tapsOf(g, padded(g, x, sliding, -Infinity), sliding);
  let left = dy;
  const parts = taps.map((tap, at) => {
    if (at === taps.length - 1) return left;
    const part = g.op("Mul", [left, maskOf(g, g.op("Equal", [tap, y]), left)]);
    left = g.op("Sub", [left, part]);
    return part;
  });
  return folded(g, parts, sliding, dimsOf(x).slice(2));
}

/** The gradient of a mean over windows; `counted` says whether padding counts among what is averaged. */
export function averagePoolGradient(
  g: GraphEmitter,
  x: Value,
  dy: Value,
  sliding: Sliding,
  counted: boolean,
): Value {
  const sizes = dimsOf(x).slice(2);
  const positions = positionsOf(sliding.kernel);
  const shares = positionsOf(sliding.lengths).map((output) => {
    const inside = positions.filter((position) =>
      placesOf(sliding, output, position).every((place, axis) =>
        counted ? place < sizes[axis]! + sliding.behind[axis]! : place >= 0 && place < sizes[axis]!,
      ),
    );
    return 1 / inside.length;
  });
  const share = shares.every((one) => one === shares[0])
    ? g.scalar(shares[0]!, dy.elementType)
    : constantLike(g, dy, shares, sliding.lengths);
  const part = g.op("Mul", [dy, share]);
  if (tiles(sliding, sizes))
    return folded(
      g,
      positions.map(() => part),
      sliding,
      sizes,
    );
  const [rows, channels] = dimsOf(x) as [number, number];
  const alone = reshaped(g, part, [rows * channels, 1, ...sliding.lengths]);
  const ones = constantLike(
    g,
    dy,
    positions.map(() => 1),
    [1, 1, ...sliding.kernel],
  );
  const spread = g.op("ConvTranspose", [alone, ones], { ...transposedSliding(sliding, sizes) });
  return reshaped(g, spread, dimsOf(x));
}
