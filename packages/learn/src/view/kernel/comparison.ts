import { anyNull, type ScalarVector, vectorOf } from "../scalar-vector.ts";
import type { Kernel } from "./kernel.ts";

/** The total order of numbers: NaN equals NaN and is the greatest. */
export function order(left: number, right: number): number {
  if (left < right) return -1;
  if (left > right) return 1;
  if (left === right) return 0;
  return (left === left ? 0 : 1) - (right === right ? 0 : 1);
}

function comparison(holds: (sign: number) => boolean): Kernel {
  // One number for each sign: -1, 0, 1.
  const table = Float64Array.from([-1, 0, 1], (sign) => Number(holds(sign)));
  return (args, type) => {
    const [left, right] = [args[0]!.values, args[1]!.values];
    const nulls = anyNull(args);
    const out = new Float64Array(left.length);
    for (let row = 0; row < out.length; row++)
      out[row] = nulls?.[row] === 1 ? 0 : table[order(left[row]!, right[row]!) + 1]!;
    return vectorOf(type, out, nulls);
  };
}

function extreme(sign: number): Kernel {
  return (args, type) => {
    const rows = args[0]!.values.length;
    const out = new Float64Array(rows);
    const nulls = new Uint8Array(rows).fill(1);
    for (const { values, nulls: absent } of args)
      for (let row = 0; row < rows; row++)
        if (absent?.[row] !== 1 && (nulls[row] === 1 || sign * order(values[row]!, out[row]!) > 0)) {
          out[row] = values[row]!;
          nulls[row] = 0;
        }
    return vectorOf(type, out, nulls, dictionaryOf(args));
  };
}

/** The dictionary that the string arguments share. */
export function dictionaryOf(args: readonly ScalarVector[]): readonly string[] | undefined {
  return args.find(({ dictionary }) => dictionary !== undefined)?.dictionary;
}

/** As in the language: see `comparisonOperators`. */
export const comparisonKernels = {
  eq: comparison((sign) => sign === 0),
  ne: comparison((sign) => sign !== 0),
  lt: comparison((sign) => sign < 0),
  le: comparison((sign) => sign <= 0),
  gt: comparison((sign) => sign > 0),
  ge: comparison((sign) => sign >= 0),
  least: extreme(-1),
  greatest: extreme(1),
} as const satisfies Record<string, Kernel>;
