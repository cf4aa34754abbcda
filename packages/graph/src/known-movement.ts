import { numberOf, numbersAt } from "./known-argument.ts";
import { ONE_BATCH, refused, type KnownCall, type Refusal } from "./known-walk.ts";
import { OPS } from "./op/registry.ts";

/** What operators that rearrange elements do to each axis, once shapes are known: the same for every form of file. */

/** An axis cut from `start` in steps; `length` of them. */
export interface Cut {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** What `Slice` takes of each axis. A batch that is cut, even to all of it in a batch of one, is another batch. */
export function sliceCuts(call: KnownCall<object>): readonly Cut[] | Refusal {
  const { dims, open } = call.inputs[0]!;
  const [starts, , given, steps] = [1, 2, 3, 4].map((at) => numbersAt(call, at));
  if (starts === undefined) return refused("its starts are computed", "constant starts");
  const axes = (given ?? starts.map((_, at) => at)).map((axis) => (axis < 0 ? axis + dims.length : axis));
  if (axes.some((axis) => open[axis])) return ONE_BATCH;
  return dims.map((dim, axis): Cut => {
    const at = axes.indexOf(axis);
    const length = call.outputs[0]!.dims[axis]!;
    if (at < 0) return { start: 0, step: 1, length };
    const step = steps?.[at] ?? 1;
    const start = starts[at]! < 0 ? starts[at]! + dim : starts[at]!;
    return {
      start: Math.min(Math.max(start, 0), step > 0 ? dim : dim - 1),
      // A single element needs no step.
      step: length === 1 ? 1 : step,
      length,
    };
  });
}

/** What `Pad` adds before and behind each axis; less than nothing cuts. */
export function padEnds(call: KnownCall<object>): readonly (readonly [number, number])[] | Refusal {
  const { dims, open } = call.inputs[0]!;
  const pads = numbersAt(call, 1);
  if (pads === undefined) return refused("its pads are computed", "constant pads");
  const axes = (numbersAt(call, 3) ?? dims.map((_, axis) => axis)).map((axis) =>
    axis < 0 ? axis + dims.length : axis,
  );
  const ends = dims.map((_, axis): readonly [number, number] => {
    const at = axes.indexOf(axis);
    return at < 0 ? [0, 0] : [pads[at]!, pads[at + axes.length]!];
  });
  return ends.some((pair, axis) => open[axis] && pair.some((count) => count !== 0)) ? ONE_BATCH : ends;
}

/** The entries of an axis of `length` that `Pad` puts in its place where it repeats some: of modes other than `constant`. */
export function padPlaces(
  call: KnownCall<object>,
  length: number,
  [before, behind]: readonly [number, number],
): readonly number[] {
  const places = Float64Array.from({ length }, (_, at) => at);
  const [found] = OPS.Pad.evaluate({
    inputs: [
      { elementType: "int64", dims: [length], values: places },
      { elementType: "int64", dims: [2], values: Float64Array.of(before, behind) },
    ],
    attributes: { mode: call.attributes["mode"] as string },
    outputs: [{ elementType: "int64", dims: [length + before + behind] }],
  });
  return Array.from(found!);
}

/** The cuts of `Pad` where it takes away, and what it adds. */
export function padParts(
  dims: readonly number[],
  ends: readonly (readonly [number, number])[],
): { readonly cuts: readonly Cut[]; readonly added: readonly [number, number][] } {
  return {
    cuts: ends.map((pair, axis) => {
      const [before, behind] = pair.map((count) => Math.min(count, 0)) as [number, number];
      return { start: -before, step: 1, length: dims[axis]! + before + behind };
    }),
    added: ends.map((pair) => pair.map((count) => Math.max(count, 0)) as [number, number]),
  };
}

/** What `Tile` repeats each axis by. */
export function tileCounts(call: KnownCall<object>): readonly number[] | Refusal {
  const counts = numbersAt(call, 1);
  if (counts === undefined) return refused("its repeats are computed", "constant ones");
  return counts.some((count, axis) => call.inputs[0]!.open[axis] && count !== 1) ? ONE_BATCH : counts;
}

/** The elements of a matrix that `Trilu` keeps: 1 or 0 of each, by rows. */
export function triluMask(
  call: KnownCall<object>,
): { readonly kept: number[]; readonly dims: readonly [number, number] } | Refusal {
  const { dims, open } = call.inputs[0]!;
  if (open.slice(-2).includes(true)) return ONE_BATCH;
  const diagonal = call.inputs[1] === undefined ? [0] : numbersAt(call, 1);
  if (diagonal === undefined) return refused("its diagonal is computed", "a constant one");
  const [rows, columns] = dims.slice(-2) as [number, number];
  const upper = numberOf(call, "upper") !== 0;
  const kept = Array.from({ length: rows * columns }, (_, at) => {
    const distance = (at % columns) - Math.floor(at / columns);
    return Number(upper ? distance >= diagonal[0]! : distance <= diagonal[0]!);
  });
  return { kept, dims: [rows, columns] };
}
