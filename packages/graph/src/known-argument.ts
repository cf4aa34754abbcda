import type { KnownCall } from "./known-walk.ts";

/** The whole numbers of an input that decides a shape; undefined where they are computed or the input is left out. */
export function numbersAt({ inputs }: KnownCall<object>, at: number): readonly number[] | undefined {
  return inputs[at]?.constant && Array.from(inputs[at].constant);
}

/** An attribute that is a number; its default is filled in already. */
export function numberOf({ attributes }: KnownCall<object>, name: string): number {
  return attributes[name] as number;
}

/** An axis of an input, counted from the front. */
export function axisOf(call: KnownCall<object>, name = "axis", at = 0): number {
  const axis = numberOf(call, name);
  return axis < 0 ? axis + call.inputs[at]!.dims.length : axis;
}
