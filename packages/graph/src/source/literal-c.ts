import { decimal } from "./literal.ts";
import type { StoredKind } from "./hex.ts";
import { quoted } from "./source-name.ts";

/** The types of numbers in C. */
export const C_TYPES: Record<StoredKind, string> = {
  float: "float",
  double: "double",
  int: "int32_t",
  long: "int64_t",
  bool: "bool",
};

/** A text in UTF-8: octal escapes end after three digits, whatever follows. */
export function cText(value: string): string {
  const bytes = new TextEncoder().encode(value);
  return quoted(String.fromCharCode(...bytes), (byte) => `\\${byte.toString(8).padStart(3, "0")}`);
}

/** A number of a kind in C. */
export function cNumber(value: number, kind: StoredKind): string {
  if (kind === "bool") return value !== 0 ? "true" : "false";
  if (kind === "int") return String(value);
  if (kind === "long") return `INT64_C(${value})`;
  if (Number.isNaN(value)) return kind === "float" ? "NAN" : "(double)NAN";
  if (!Number.isFinite(value))
    return `${value < 0 ? "-" : ""}${kind === "float" ? "INFINITY" : "(double)INFINITY"}`;
  return `${decimal(value, kind === "float")}${kind === "float" ? "f" : ""}`;
}
