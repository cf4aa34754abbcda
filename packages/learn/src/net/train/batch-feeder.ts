import type { RuntimeTensor } from "@tideline/graph";
import { seededRandom } from "../../random.ts";
import { rowWidth, type ColumnType, type NetColumn, type NetData } from "./net-data.ts";
import { deriveSeed, SEED_PURPOSES } from "./seed.ts";

/** A batch in buffers that are filled anew for each step. */
export interface Batch {
  /** By the names of the net's inputs; `dims` begin with the batch. */
  readonly inputs: Readonly<Record<string, RuntimeTensor>>;
  readonly target: RuntimeTensor;
  readonly weight: RuntimeTensor;
}

/** Fills batches from columns. */
export interface BatchFeeder {
  /** Rows in each batch. */
  readonly batch: number;
  /** A batch of buffers of its own. */
  make(): Batch;
  /**
   * Fills a batch with the rows `order[start .. start + batch]`. Where the rows end, the rows of the batch are there
   * again with weight 0: what is computed of them is as ordinary as that of their twins, and counts nowhere.
   *
   * @returns the sum of the weights.
   */
  fill(into: Batch, order: Int32Array, start: number): number;
}

/** The order of the rows in an epoch, from the seed and the epoch alone. */
export function epochOrder(
  rows: number,
  seed: number,
  epoch: number,
  into = new Int32Array(rows),
): Int32Array {
  const random = seededRandom(deriveSeed(seed, SEED_PURPOSES.order, epoch));
  for (let row = 0; row < rows; row++) into[row] = row;
  for (let i = rows - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = into[i]!;
    into[i] = into[j]!;
    into[j] = kept;
  }
  return into;
}

/**
 * A feeder of columns that {@link checkNetData} accepted.
 *
 * @param weight [rows], as `rowWeights` gives them.
 */
export function batchFeeder(
  data: NetData,
  weight: Float32Array,
  batch: number,
  types: {
    readonly inputs: readonly (ColumnType & { readonly name: string })[];
    readonly target: ColumnType;
  },
): BatchFeeder {
  const names = types.inputs.map(({ name }) => name);
  return Object.freeze({
    batch,
    make: () =>
      Object.freeze({
        inputs: Object.freeze(
          Object.fromEntries(types.inputs.map((type) => [type.name, buffer(type, batch)])),
        ),
        target: buffer(types.target, batch),
        weight: { elementType: "float32" as const, dims: [batch], values: new Float32Array(batch) },
      }),
    fill(into: Batch, order: Int32Array, start: number) {
      for (const name of names) gather(data.inputs[name]!, order, start, batch, into.inputs[name]!.values);
      gather(data.target, order, start, batch, into.target.values);
      const out = into.weight.values as Float32Array;
      let sum = 0;
      for (let i = 0; i < batch; i++) {
        out[i] = start + i < order.length ? weight[order[start + i]!]! : 0;
        sum += out[i]!;
      }
      return sum;
    },
  });
}

function buffer({ elementType, dims }: ColumnType, batch: number): RuntimeTensor {
  const length = batch * rowWidth(dims);
  const values = elementType === "int64" ? new BigInt64Array(length) : new Float32Array(length);
  return Object.freeze({
    elementType: elementType as "int64" | "float32",
    dims: Object.freeze([batch, ...dims]),
    values,
  });
}

/** Rows this wide are copied by `set`, narrower ones number by number, which makes no object for each row. */
const WIDE = 64;

function gather(
  { dims, values }: NetColumn,
  order: Int32Array,
  start: number,
  batch: number,
  out: RuntimeTensor["values"],
): void {
  const width = rowWidth(dims);
  const there = Math.min(batch, order.length - start);
  const words = out instanceof BigInt64Array && values instanceof Int32Array ? int32Words(out) : undefined;
  for (let i = 0; i < batch; i++) {
    const from = order[start + (i % there)]! * width;
    const to = i * width;
    if (words !== undefined) {
      for (let j = 0; j < width; j++) {
        const value = values[from + j] as number;
        words[(to + j) * 2] = value;
        words[(to + j) * 2 + 1] = value >> 31;
      }
    } else if (width >= WIDE) {
      (out as Float32Array).set((values as Float32Array).subarray(from, from + width), to);
    } else {
      for (let j = 0; j < width; j++) (out as Float32Array)[to + j] = (values as Float32Array)[from + j]!;
    }
  }
}

/** The low and high words of int64 values, so that token ids are written without a BigInt for each (little-endian). */
function int32Words(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Rows `0 .. rows` in their own order, for evaluation. */
export function naturalOrder(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
}
