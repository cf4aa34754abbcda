import { ELEMENT_TYPES, type ElementType } from "../element-type.ts";

/**
 * A number as a tensor of an element type holds it: towards an integer type its fraction is cut off and it wraps
 * around, as the two's complement does; what is no number, or infinite, becomes 0 there. Floating-point numbers stay
 * as they are: reference kernels do not round. Integers of 64 bits are exact up to 2^53.
 */
export function stored(elementType: ElementType, value: number): number {
  const { kind, bytes } = ELEMENT_TYPES[elementType];
  if (kind === "bool") return Number(value !== 0);
  if (kind !== "int") return value;
  if (!Number.isFinite(value)) return 0;
  const whole = Math.trunc(value) + 0;
  const range = 2 ** (8 * bytes);
  const signed = !elementType.startsWith("u");
  const low = signed ? -range / 2 : 0;
  if (whole >= low && whole < low + range) return whole;
  const wrapped = ((whole % range) + range) % range;
  return signed && wrapped >= range / 2 ? wrapped - range : wrapped;
}

/** The lowest and the highest number of an element type; the infinities where it has them. */
export function rangeOf(elementType: ElementType): { readonly lowest: number; readonly highest: number } {
  const { kind, bytes } = ELEMENT_TYPES[elementType];
  if (kind === "float") return { lowest: -Infinity, highest: Infinity };
  if (kind === "bool") return { lowest: 0, highest: 1 };
  const range = 2 ** (8 * bytes);
  return elementType.startsWith("u")
    ? { lowest: 0, highest: range - 1 }
    : { lowest: -range / 2, highest: range / 2 - 1 };
}
