/** Bits of the whole numbers of a type. */
const WHOLE: Readonly<Record<string, { readonly bits: number; readonly signed: boolean }>> = {
  TINYINT: { bits: 8, signed: true },
  UTINYINT: { bits: 8, signed: false },
  SMALLINT: { bits: 16, signed: true },
  USMALLINT: { bits: 16, signed: false },
  INTEGER: { bits: 32, signed: true },
  UINTEGER: { bits: 32, signed: false },
  BIGINT: { bits: 64, signed: true },
  UBIGINT: { bits: 64, signed: false },
};

/**
 * The narrower of DuckDB's types that holds the values of two: of whole numbers, of FLOAT and DOUBLE, and of lists and
 * arrays of these. Signed beside unsigned 64-bit numbers are HUGEINT.
 */
export function widerType(one: string, other: string): string {
  if (one === other) return one;
  const list = /^(\w+)(\[\d*\])$/u.exec(one);
  if (list !== null) return widerType(list[1]!, /^\w+/u.exec(other)![0]) + list[2]!;
  const [left, right] = [WHOLE[one], WHOLE[other]];
  if (left === undefined || right === undefined) return "DOUBLE";
  const signed = left.signed || right.signed;
  const needed = (type: { readonly bits: number; readonly signed: boolean }) =>
    signed && !type.signed ? type.bits + 1 : type.bits;
  const bits = Math.max(needed(left), needed(right));
  return (
    Object.keys(WHOLE).find((name) => WHOLE[name]!.signed === signed && WHOLE[name]!.bits >= bits) ??
    "HUGEINT"
  );
}
