import { viewOf } from "../optimise/graph-view.ts";
import type { OnnxModel } from "../onnx.ts";
import { canBeWhole, weightKey } from "./assign.ts";
import { watching, type Calibration } from "./calibrate/observe.ts";
import { runtimeRows, withLoaded } from "./calibrate/run-row.ts";
import { layersOf, type Layer } from "./layer.ts";
import { eachPatch, patchCount, patchLength } from "./patch.ts";
import { nearestWhole, scalesOf, type WholeWeights } from "./stored-weight.ts";
import { largestOf } from "./whole-number.ts";

/**
 * Columns that make up for one another: a longer sum falls into parts of so many, since memory grows with the square of them and
 * time with the cube.
 */
const COLUMNS = 1024;

/** Patches that say enough of a layer's input, for each number in one. */
const PATCHES = 8;

/** What is added to the diagonal, of its mean: a sum of few rows has no inverse (the paper's 1 %). */
const DAMPING = 0.01;

/** The lower triangle `L` of `L L' = A`, in place; false where `A` has none. */
function cholesky(a: Float64Array, n: number): boolean {
  for (let column = 0; column < n; column++) {
    let diagonal = a[column * n + column]!;
    for (let k = 0; k < column; k++) diagonal -= a[column * n + k]! ** 2;
    if (!(diagonal > 0)) return false;
    const root = Math.sqrt(diagonal);
    a[column * n + column] = root;
    for (let row = column + 1; row < n; row++) {
      let sum = a[row * n + column]!;
      for (let k = 0; k < column; k++) sum -= a[row * n + k]! * a[column * n + k]!;
      a[row * n + column] = sum / root;
    }
  }
  return true;
}

/** The inverse of a symmetric matrix from its Cholesky triangle. */
function inverse(l: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let at = 0; at < n; at++) {
    column.fill(0);
    for (let row = at; row < n; row++) {
      let sum = row === at ? 1 : 0;
      for (let k = at; k < row; k++) sum -= l[row * n + k]! * column[k]!;
      column[row] = sum / l[row * n + row]!;
    }
    for (let row = n - 1; row >= at; row--) {
      let sum = column[row]!;
      for (let k = row + 1; k < n; k++) sum -= l[k * n + row]! * result[at * n + k]!;
      result[at * n + row] = sum / l[row * n + row]!;
      result[row * n + at] = result[at * n + row]!;
    }
  }
  return result;
}

/**
 * The upper triangle `U` with `U' U` the inverse of the sums, each row divided by its diagonal: what rounding column `i`
 * loses is made up for by columns `j > i` in this proportion.
 */
function compensation(sums: Float64Array, n: number): Float64Array | undefined {
  let mean = 0;
  for (let at = 0; at < n; at++) mean += sums[at * n + at]! / n;
  if (!(mean > 0)) return undefined;
  const damped = sums.slice();
  for (let at = 0; at < n; at++) damped[at * n + at]! += DAMPING * mean;
  if (!cholesky(damped, n)) return undefined;
  const lower = inverse(damped, n);
  if (!cholesky(lower, n)) return undefined;
  const shares = new Float64Array(n * n);
  for (let row = 0; row < n; row++)
    for (let column = row; column < n; column++)
      shares[row * n + column] = lower[column * n + row]! / lower[row * n + row]!;
  return shares;
}

/** A layer's weights as rows of numbers, one for each output. */
function columnsOf({ axis, op, weights, linear }: Layer) {
  const n = patchLength(linear!);
  const { outputs, inputs } = linear!;
  const perGroup = op === "Conv" ? (outputs * weights.dims[1]!) / inputs : outputs;
  return {
    n,
    outputs,
    // A product's weights may lie with the inputs first.
    placeOf: (row: number, at: number): number => (axis === 0 ? row * n + at : at * outputs + row),
    groupOf: (row: number): number => Math.floor(row / perGroup),
  };
}

/** How the columns of a sum make up for one another, part by part; by group of a convolution. */
type Shares = (group: number, part: number) => Float64Array | undefined;

/** Weights rounded column by column, each row of them making up for what it lost. */
function rounded(layer: Layer, bits: 4 | 8, block: number, sharesOf: Shares): WholeWeights {
  const chosen = scalesOf(layer, bits, block);
  const { n, placeOf, groupOf, outputs } = columnsOf(layer);
  const values = layer.weights.values as Float32Array;
  const most = largestOf(bits);
  const whole = new Int8Array(values.length);
  const rest = new Float64Array(n);
  for (let row = 0; row < outputs; row++) {
    for (let at = 0; at < n; at++) rest[at] = values[placeOf(row, at)]!;
    for (let from = 0; from < n; from += COLUMNS) {
      const end = Math.min(n, from + COLUMNS);
      const shares = sharesOf(groupOf(row), from / COLUMNS);
      for (let at = from; at < end; at++) {
        const place = placeOf(row, at);
        const scale = chosen.scales[chosen.groups.of(place)]!;
        const nearest = Math.max(-most, Math.min(most, Math.round(rest[at]! / scale)));
        whole[place] = nearest;
        const lost = rest[at]! - nearest * scale;
        if (shares === undefined) continue;
        const line = (at - from) * (end - from) - from;
        for (let next = at + 1; next < end; next++) rest[next]! -= lost * shares[line + next]!;
      }
    }
  }
  return { ...chosen, whole };
}

/** Sums of products of a layer's inputs with one another, by group and part. */
type Sums = Map<string, Float64Array>;

/** One in so many batches is held out: what was rounded on the others is judged by it. */
const HELD_OUT = 4;

/** What a layer is given on some rows, as sums: most to round by, the rest to judge by. */
async function inputSums(
  model: OnnxModel,
  layer: Layer,
  { runtime, rows }: Calibration,
): Promise<{ readonly fit: Sums; readonly held: Sums }> {
  const linear = layer.linear!;
  const n = patchLength(linear);
  const [given] = layer.node.inputs as readonly [string];
  const [fit, held]: [Sums, Sums] = [new Map(), new Map()];
  const addTo =
    (sums: Sums) =>
    (patch: Float64Array, group: number): void => {
      for (let from = 0; from < n; from += COLUMNS) {
        const width = Math.min(n, from + COLUMNS) - from;
        const key = `${group} ${from / COLUMNS}`;
        const sum = sums.get(key) ?? new Float64Array(width * width);
        sums.set(key, sum);
        for (let row = 0; row < width; row++) {
          const value = patch[from + row]!;
          if (value === 0 || !Number.isFinite(value)) continue;
          for (let column = 0; column < width; column++)
            sum[row * width + column]! += value * patch[from + column]!;
        }
      }
    };
  const fed = model.graph.inputs.some(({ name }) => name === given);
  const all: { readonly dims: readonly number[]; readonly values: ArrayLike<number> }[] = [];
  if (fed) all.push(...rows.map((row) => row[given]!));
  else
    await withLoaded(runtime, watching(model, [given]), async (loaded) => {
      for (const row of rows) {
        const { [given]: result } = await loaded.run(runtimeRows(model, row), [given]);
        all.push({ dims: result!.dims, values: result!.values as Float32Array });
      }
    });
  const count = all.reduce((sum, { dims }) => sum + patchCount(linear, dims), 0);
  const every = Math.max(1, Math.floor(count / (PATCHES * n)));
  const isHeld = (batch: number): boolean => batch % HELD_OUT === HELD_OUT - 1;
  for (const [batch, { dims, values }] of all.entries())
    eachPatch(linear, dims, values, every, addTo(isHeld(batch) ? held : fit));
  return { fit, held };
}

/** How far the results of a layer are moved by rounded weights, in squares, over the rows that sums were taken of. */
function movedBy(layer: Layer, { whole, scales, groups }: WholeWeights, sums: Sums): number {
  const { n, placeOf, groupOf, outputs } = columnsOf(layer);
  const values = layer.weights.values as Float32Array;
  const lost = new Float64Array(n);
  let moved = 0;
  for (let row = 0; row < outputs; row++) {
    for (let at = 0; at < n; at++) {
      const place = placeOf(row, at);
      lost[at] = values[place]! - whole[place]! * scales[groups.of(place)]!;
    }
    for (let from = 0; from < n; from += COLUMNS) {
      const width = Math.min(n, from + COLUMNS) - from;
      const sum = sums.get(`${groupOf(row)} ${from / COLUMNS}`);
      if (sum === undefined) continue;
      for (let one = 0; one < width; one++)
        for (let other = 0; other < width; other++)
          moved += lost[from + one]! * lost[from + other]! * sum[one * width + other]!;
    }
  }
  return moved;
}

/** Adds sums to others. */
function addSums(to: Sums, sums: Sums): void {
  for (const [key, sum] of sums) {
    const known = to.get(key);
    if (known === undefined) to.set(key, sum);
    else for (const [at, value] of sum.entries()) known[at]! += value;
  }
}

/** Layers by the weights that they share, as the steps of an unrolled recurrence do: what is rounded for all is stored once. */
function sharingLayers(layers: readonly Layer[]): readonly (readonly Layer[])[] {
  const groups = Map.groupBy(layers, ({ weights, axis, op, linear }) =>
    [weights.name, axis, op, linear!.inputs].join(),
  );
  return [...groups.values()];
}

/** Rounded weights of layers by {@link weightKey}. */
export type CarefulWeights = ReadonlyMap<string, WholeWeights>;

/**
 * Weights whose rounding is compensated for what layers are given on the rows, by layer and bits (layers that share weights share the result), unless that moves results more
 * than rounding to the nearest on every fourth batch, which is held out; layers that it does not suit (tables, recurrent
 * ones) are left out.
 *
 * Source: E. Frantar et al., "GPTQ: Accurate post-training quantization for generative pre-trained transformers", 2022.
 */
export async function carefulWeights(
  model: OnnxModel,
  wanted: ReadonlyMap<string, readonly (4 | 8)[]>,
  calibration: Calibration,
  block: number,
): Promise<CarefulWeights> {
  const view = viewOf(model);
  const careful = new Map<string, WholeWeights>();
  for (const sharing of sharingLayers(layersOf(view).filter((layer) => canBeWhole(view, layer)))) {
    const [layer] = sharing as [Layer];
    const bits = [...new Set(sharing.flatMap(({ name }) => wanted.get(name) ?? []))];
    if (bits.length === 0) continue;
    const [fit, held]: [Sums, Sums] = [new Map(), new Map()];
    for (const one of sharing) {
      const own = await inputSums(model, one, calibration);
      addSums(fit, own.fit);
      addSums(held, own.held);
    }
    const shares = new Map(
      [...fit].map(([key, sum]) => [key, compensation(sum, Math.sqrt(sum.length))] as const),
    );
    for (const one of bits) {
      const size = one === 4 ? block : 0;
      const made = rounded(layer, one, size, (group, part) => shares.get(`${group} ${part}`));
      const nearest = nearestWhole(layer, one, size);
      const judge = held.size > 0 ? held : fit;
      const better = movedBy(layer, made, judge) < movedBy(layer, nearest, judge);
      for (const { name } of sharing) careful.set(weightKey(name, one), better ? made : nearest);
    }
  }
  return careful;
}
