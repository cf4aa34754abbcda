import { elementCount } from "../onnx.ts";

/** Where numbers lie: constants of a table, or a buffer that instructions fill. */
export interface Store {
  readonly size: number;
  /** The numbers of a constant; absent for a buffer. */
  readonly values?: Float32Array;
}

/** A tensor in a store: any axis may step through it in any way, or repeat itself (stride 0). */
export interface View {
  readonly store: Store;
  readonly offset: number;
  readonly dims: readonly number[];
  readonly strides: readonly number[];
}

/** The strides of a row-major tensor. */
export function rowMajor(dims: readonly number[]): readonly number[] {
  let stride = 1;
  return dims
    .toReversed()
    .map((dim) => {
      const own = stride;
      stride *= dim;
      return own;
    })
    .toReversed();
}

/** A whole store as a row-major tensor. */
export function viewOf(store: Store, dims: readonly number[]): View {
  return { store, offset: 0, dims, strides: rowMajor(dims) };
}

/** Whether a view is row-major and without gaps. */
export function isDense({ dims, strides }: View): boolean {
  const wanted = rowMajor(dims);
  return dims.every((dim, axis) => dim === 1 || strides[axis] === wanted[axis]);
}

/** The view repeated to a shape that it broadcasts to. */
export function broadcastView(view: View, dims: readonly number[]): View {
  const lead = dims.length - view.dims.length;
  const strides = dims.map((_, axis) =>
    axis < lead || view.dims[axis - lead] === 1 ? 0 : view.strides[axis - lead]!,
  );
  return { ...view, dims, strides };
}

/** The view in another shape of as many elements, where no element needs to move; otherwise undefined. */
export function reshapeView(view: View, dims: readonly number[]): View | undefined {
  if (isDense(view)) return { ...view, dims, strides: rowMajor(dims) };
  const long = view.dims.flatMap((dim, axis) => (dim === 1 ? [] : [[dim, view.strides[axis]!] as const]));
  const wanted = dims.filter((dim) => dim !== 1);
  if (wanted.length !== long.length || wanted.some((dim, at) => dim !== long[at]![0])) return undefined;
  let next = 0;
  return { ...view, dims, strides: dims.map((dim) => (dim === 1 ? 0 : long[next++]![1])) };
}

/** Lengths, and the strides of several operands over them. */
export interface Loop {
  readonly dims: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** The same loop with axes of length 1 gone, and neighbours that every operand walks as one made one. */
export function collapse({ dims, strides }: Loop): Loop {
  const kept: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const dim = dims[axis]!;
    if (dim === 1) continue;
    const merges = kept.length > 0 && strides.every((list, at) => list[axis] === steps[at]![0]! * kept[0]!);
    if (merges) kept[0]! *= dim;
    else {
      kept.unshift(dim);
      for (const [at, list] of strides.entries()) steps[at]!.unshift(list[axis]!);
    }
  }
  return { dims: kept, strides: steps };
}

/** The elements of a view over constants, row-major. */
export function constantValues(view: View): Float32Array {
  const values = new Float32Array(elementCount(view.dims));
  const index = view.dims.map(() => 0);
  for (let flat = 0; flat < values.length; flat++) {
    values[flat] =
      view.store.values![index.reduce((at, i, axis) => at + i * view.strides[axis]!, view.offset)]!;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < view.dims[axis]!) break;
      index[axis] = 0;
    }
  }
  return values;
}
