import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec/error";
import type { GraphColumn } from "./transform-def.ts";

/** A column of numbers inside a graph. */
export type NumberColumn = Extract<GraphColumn, { readonly kind: "number" }>;

/** Packed values whose parts were handed out, so that the next step takes the whole again instead of joining the parts. */
const packs = new WeakMap<Value, { readonly whole: Value; readonly parts: readonly Value[] }>();

/** The columns as numbers. @throws ARGUMENT_INVALID for one of another kind. */
export function numberColumns(who: string, columns: readonly GraphColumn[]): readonly NumberColumn[] {
  return columns.map((column) => {
    if (column.kind === "number") return column;
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: `column "${column.name}"`,
      expected: "numbers in the graph",
      received: column.kind,
    });
  });
}

/** Columns of numbers side by side: float32, [N, F], in order. */
export function packColumns(g: GraphBuilder, who: string, columns: readonly GraphColumn[]): Value {
  const values = numberColumns(who, columns).map(({ value }) => value);
  if (values.length === 1) return values[0]!;
  const pack = packs.get(values[0]!);
  if (pack?.parts.length === values.length && pack.parts.every((part, at) => part === values[at]))
    return pack.whole;
  return g.op("Concat", values, { axis: 1 });
}

/** The columns of a packed value [N, F], under these names and widths. */
export function unpackColumns(
  g: GraphBuilder,
  whole: Value,
  named: readonly { readonly name: string; readonly width: number }[],
): readonly NumberColumn[] {
  const widths = named.map(({ width }) => width);
  const parts = named.length === 1 ? [whole] : g.ops("Split", [whole, g.ints(widths)], { axis: 1 });
  if (parts.length > 1) packs.set(parts[0]!, { whole, parts });
  return named.map(({ name, width }, at) => ({ kind: "number", name, width, value: parts[at]! }));
}

/** A row of float32 constants, [1, F], that broadcasts over rows. */
export function rowConstant(g: GraphBuilder, values: ArrayLike<number>): Value {
  return g.constant(Float32Array.from(values), [1, values.length]);
}

/**
 * `x - shift` where float32 has no such shift: what it leaves out is subtracted after, in which nothing is lost where `x`
 * is near `shift`. One node where the rest is below a tenth of a millionth of the scale.
 */
export function subtractPrecisely(
  g: GraphBuilder,
  x: Value,
  shift: ArrayLike<number>,
  scale: ArrayLike<number>,
  left: ArrayLike<number> = [],
): Value {
  const high = Float32Array.from(shift);
  const rest = Array.from(shift, (value, at) => value - high[at]! + (left[at] ?? 0));
  const first = g.op("Sub", [x, rowConstant(g, high)]);
  const small = rest.every((value, at) => Math.abs(value) <= 1e-8 * Math.abs(scale[at]!));
  return small ? first : g.op("Sub", [first, rowConstant(g, rest)]);
}

/** 1 over each scale as float32 has it. */
export function inverses(scale: ArrayLike<number>): Float64Array {
  return Float64Array.from(scale, (value) => 1 / value);
}
