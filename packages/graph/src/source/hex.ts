import type { Cell, Kind } from "./program.ts";

/** How the numbers of an array are kept: as their kind, or whole ones in 32 bits. */
export type StoredKind = Kind | "int";

/** How the numbers of an array are kept. */
export const storedKind = ({ kind, narrow }: Pick<Cell, "kind" | "narrow">): StoredKind =>
  narrow === true ? "int" : kind;

/** Hexadecimal digits of a number: the bits of a float32, a float64, an int64 or an int32, or 0 and 1. */
export const HEX_DIGITS: Record<StoredKind, number> = { float: 8, double: 16, long: 16, int: 8, bool: 1 };

/** As many digits as a literal of JVM classes may have, and a multiple of 16. */
const MOST = 32_000;

/** Numbers as texts of hexadecimal digits: compilers take long lists of numbers slowly, or not at all. */
export function hexTexts(values: ArrayLike<number>, kind: StoredKind): readonly string[] {
  const view = new DataView(new ArrayBuffer(8));
  const digits = Array.from(values, (value) => {
    if (kind === "bool") return value === 0 ? "0" : "1";
    if (kind === "float") view.setFloat32(0, value);
    else if (kind === "int") view.setInt32(0, value);
    else if (kind === "double") view.setFloat64(0, value);
    else view.setBigInt64(0, BigInt(value));
    const bytes = new Uint8Array(view.buffer, 0, HEX_DIGITS[kind] / 2);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }).join("");
  return Array.from({ length: Math.ceil(digits.length / MOST) }, (_, at) =>
    digits.slice(at * MOST, (at + 1) * MOST),
  );
}

/** Lists up to this long are written as numbers, which people read. */
export const READ = 16;
