import { illegal, show } from "../illegal.ts";
import type { Scalar, ScalarType } from "../scalar.ts";

/** The SQL type of each scalar type; a time is its milliseconds. */
export const SQL_TYPE = {
  float64: "DOUBLE",
  int64: "BIGINT",
  boolean: "BOOLEAN",
  string: "VARCHAR",
  time: "BIGINT",
} as const satisfies Record<ScalarType, string>;

/** A quoted identifier, or a qualified one from its parts. Throws `FEATURE_ILLEGAL` for an empty or NUL one. */
export function identifier(name: string | readonly string[]): string {
  return [name]
    .flat()
    .map((part) => {
      if (part === "" || part.includes("\0")) throw illegal("SQL", "identifier", "a name", show(part));
      return `"${part.replaceAll('"', '""')}"`;
    })
    .join(".");
}

/** A literal of a scalar type. Strings double their quotes (standard SQL has no other escape). */
export function sqlLiteral(type: ScalarType, value: Scalar): string {
  if (value === null) return `CAST(NULL AS ${SQL_TYPE[type]})`;
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (type !== "float64") return `CAST(${value} AS BIGINT)`;
  // ECMAScript writes the shortest decimal that reads back as the same float; an exponent makes SQL read a DOUBLE.
  const digits = String(value);
  return `CAST(${digits.includes("e") ? digits : `${digits}e0`} AS DOUBLE)`;
}
