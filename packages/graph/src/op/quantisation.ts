import { ELEMENT_TYPES, elementTypeOfCode, type ElementType } from "../element-type.ts";
import { forEachIndex, offsetOf } from "../shape.ts";
import { fromFront } from "./along.ts";
import {
  formatInputs,
  illegal,
  type AttributeRules,
  type OpCall,
  type OpInput,
  type Tensor,
} from "./op-definition.ts";
import { axisOf } from "./rule.ts";

/** The attributes that QuantizeLinear and DequantizeLinear share. */
export const QUANTISATION_RULES = {
  axis: { type: "int", default: 1 },
  block_size: { type: "int", default: 0 },
  output_dtype: { type: "int", default: 0 },
} as const satisfies AttributeRules;

type Rules = typeof QUANTISATION_RULES;

/**
 * Wants scales (and zero points, of the same shape, or one each) that fit `x`: one number, one for each place along `axis`, or with
 * `block_size` one for each block of so many.
 */
export function checkScales(call: OpCall<Rules>): void {
  const [x, scale, zero] = [call.inputs[0]!, call.inputs[1]!, call.inputs[2]];
  const { axis, block_size } = call.attributes;
  if (ELEMENT_TYPES[scale.elementType].kind !== "float" && scale.elementType !== "int32")
    throw illegal(call.who, "scale", "a floating-point type", formatInputs([scale]));
  const blocked = (): boolean => {
    const along = axisOf(call, axis, x.dims.length);
    return (
      scale.dims.length === x.dims.length &&
      scale.dims.every((dim, at) => {
        const whole = x.dims[at]!;
        if (at !== along) return dim === whole;
        return typeof whole === "number" && dim === Math.ceil(whole / block_size);
      })
    );
  };
  const perAxis = (): boolean =>
    scale.dims.length === 1 && scale.dims[0] === x.dims[axisOf(call, axis, x.dims.length)];
  const isOne = ({ dims }: { readonly dims: readonly unknown[] }): boolean =>
    dims.length === 0 || (dims.length === 1 && dims[0] === 1);
  const fits = block_size === 0 ? isOne(scale) || perAxis() : block_size > 0 && blocked();
  // ONNX's own cases have one number as a list of one beside a number alone.
  const alike = (other: typeof scale): boolean =>
    other.dims.join() === scale.dims.join() || (isOne(scale) && isOne(other));
  if (!fits || (zero !== undefined && !alike(zero)))
    throw illegal(
      call.who,
      "scale and zero point",
      "one number, one a place along the axis, or one a block",
      formatInputs(call.inputs),
    );
}

/** Which scale each element of `x` has, in row-major order. */
export function scalePlaces(
  x: Tensor,
  scale: Tensor,
  { axis, block_size }: { readonly axis: number; readonly block_size: number },
): Int32Array {
  const places = new Int32Array(x.values.length);
  if (scale.values.length === 1) return places;
  const along = fromFront(axis, x.dims.length);
  forEachIndex(x.dims, (index, flat) => {
    places[flat] =
      block_size === 0
        ? index[along]!
        : offsetOf(index.with(along, Math.floor(index[along]! / block_size)), scale.dims);
  });
  return places;
}

/** The element type that an attribute names by its code, or another where it is 0. */
export function typeOfCode(call: OpCall<Rules>, otherwise: ElementType): ElementType {
  const { output_dtype } = call.attributes;
  const named = output_dtype === 0 ? otherwise : elementTypeOfCode(output_dtype);
  if (named !== undefined) return named;
  throw illegal(call.who, "output_dtype", "the code of an element type", String(output_dtype));
}

/** The opset that an application needs, by its types and attributes. */
export function quantisationSince(
  { attributes: { block_size, output_dtype, axis } }: OpCall<Rules>,
  narrow: OpInput | undefined,
): number {
  const late = narrow !== undefined && ["int16", "uint16", "int4", "uint4"].includes(narrow.elementType);
  if (late || block_size !== 0 || output_dtype !== 0) return 21;
  return axis === 1 ? 10 : 13;
}
