import { elementCount, type Dim } from "./onnx.ts";

/**
 * The length of a product of dimensions, as one dimension: `["N", 128]` gives `"128*N"`. Factors of a named
 * product are put in order, so that equal products are equal texts.
 */
export function productOf(dims: readonly Dim[]): Dim {
  const factors = dims.flatMap((dim) => (typeof dim === "number" ? [dim] : factorsOf(dim)));
  const number = factors.reduce<number>(
    (product, factor) => (typeof factor === "number" ? product * factor : product),
    1,
  );
  const names = factors.filter((factor) => typeof factor === "string").sort();
  if (names.length === 0 || number === 0) return number;
  return number === 1 ? names.join("*") : [number, ...names].join("*");
}

function factorsOf(dim: string): Dim[] {
  return dim.split("*").map((factor) => (/^\d+$/.test(factor) ? Number(factor) : factor));
}

/** `whole / part` as a dimension, or undefined where it is not known to be a whole one. */
export function quotientOf(whole: Dim, part: Dim): Dim | undefined {
  const names = typeof whole === "number" ? [whole] : factorsOf(whole);
  const number = names.find((factor) => typeof factor === "number") ?? 1;
  const rest = names.filter((factor) => typeof factor === "string");
  let divisor = 1;
  for (const factor of typeof part === "number" ? [part] : factorsOf(part)) {
    if (typeof factor === "number") divisor *= factor;
    else if (rest.includes(factor)) rest.splice(rest.indexOf(factor), 1);
    else return undefined;
  }
  return divisor === 0 || number % divisor !== 0 ? undefined : productOf([number / divisor, ...rest]);
}

/**
 * The shape of two values combined under NumPy's broadcasting, or undefined where they do not combine. A named
 * dimension combines with itself and with 1 only: whether `"N"` will equal 5 is not known before the graph runs.
 */
export function broadcast(left: readonly Dim[], right: readonly Dim[]): readonly Dim[] | undefined {
  const rank = Math.max(left.length, right.length);
  const dims: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const a = left[axis - rank + left.length] ?? 1;
    const b = right[axis - rank + right.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) return undefined;
    dims.push(a === 1 ? b : a);
  }
  return dims;
}

/** Visits every index of a shape in row-major order. The index array is reused between visits. */
export function forEachIndex(
  dims: readonly number[],
  visit: (index: readonly number[], flat: number) => void,
): void {
  const index = dims.map(() => 0);
  const count = elementCount(dims);
  for (let flat = 0; flat < count; flat++) {
    visit(index, flat);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
  }
}

/**
 * The row-major position in a tensor of `dims` of an index of a shape that it broadcasts to: axes align at the
 * end, leading ones of the index are dropped, and an axis of length 1 always reads its only element.
 */
export function offsetOf(index: readonly number[], dims: readonly number[]): number {
  const lead = index.length - dims.length;
  return dims.reduce((offset, dim, axis) => offset * dim + (dim === 1 ? 0 : index[lead + axis]!), 0);
}
