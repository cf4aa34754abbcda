import type { MlCall, MlValue } from "./ml-call.ts";

/** Which of some numbers each element is, on a new last axis: `[..., keys]`, bool. Where `findsMissing`, a missing number is a key that is one. */
export function foundIn(
  { op, constant }: MlCall,
  x: MlValue,
  keys: readonly number[],
  findsMissing = false,
): MlValue {
  // 0 keeps an axis.
  const column = op("Reshape", [x, constant("int64", [...x.dims.map(() => 0), 1])]);
  const equal = op("Equal", [column, constant(x.elementType, keys)]);
  if (!findsMissing || !keys.some(Number.isNaN)) return equal;
  const isNaNKey = constant(
    "float32",
    keys.map((key) => Number(Number.isNaN(key))),
  );
  const missing = op("And", [op("IsNaN", [column]), op("Greater", [isNaNKey, constant("float32", [0], [])])]);
  return op("Or", [equal, missing]);
}
