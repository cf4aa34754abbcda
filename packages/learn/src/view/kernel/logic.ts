import { anyNull, type ScalarVector, vectorOf } from "../scalar-vector.ts";
import { dictionaryOf } from "./comparison.ts";
import type { Kernel } from "./kernel.ts";

/** Three-valued logic: `decisive` decides alone, else null stays null. */
function connective(decisive: 0 | 1): Kernel {
  return (args, type) => {
    const rows = args[0]!.values.length;
    const out = new Float64Array(rows).fill(1 - decisive);
    const nulls = new Uint8Array(rows);
    for (const { values, nulls: absent } of args)
      for (let row = 0; row < rows; row++) {
        if (absent?.[row] === 1) nulls[row] = 1;
        else if (values[row] === decisive) out[row] = decisive;
      }
    for (let row = 0; row < rows; row++) {
      if (out[row] === decisive) nulls[row] = 0;
      else if (nulls[row] === 1) out[row] = 0;
    }
    return vectorOf(type, out, nulls);
  };
}

/** As in the language: see `logicOperators`. */
export const logicKernels = {
  and: connective(0),
  or: connective(1),
  not: (args, type) => {
    const nulls = anyNull(args);
    const out = args[0]!.values.map((value, row) => (nulls?.[row] === 1 ? 0 : 1 - value));
    return vectorOf(type, out, nulls);
  },
  is_null: ([of], type) => {
    const { values, nulls } = of!;
    return vectorOf(
      type,
      nulls === undefined ? new Float64Array(values.length) : Float64Array.from(nulls),
      undefined,
    );
  },
  coalesce: (args, type) => {
    const rows = args[0]!.values.length;
    const out = new Float64Array(rows);
    const nulls = new Uint8Array(rows).fill(1);
    for (const { values, nulls: absent } of args)
      for (let row = 0; row < rows; row++)
        if (nulls[row] === 1 && absent?.[row] !== 1) {
          out[row] = values[row]!;
          nulls[row] = 0;
        }
    return vectorOf(type, out, nulls, dictionaryOf(args));
  },
  if: (args, type) => {
    const [condition, yes, no] = args as readonly [ScalarVector, ScalarVector, ScalarVector];
    const rows = condition.values.length;
    const out = new Float64Array(rows);
    const nulls = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) {
      const taken = condition.values[row] === 1 && condition.nulls?.[row] !== 1 ? yes : no;
      out[row] = taken.values[row]!;
      nulls[row] = taken.nulls?.[row] ?? 0;
    }
    return vectorOf(type, out, nulls, dictionaryOf([yes, no]));
  },
} as const satisfies Record<string, Kernel>;
