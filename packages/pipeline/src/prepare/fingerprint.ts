import { createHash, type Hash } from "node:crypto";
import { isTypedArray } from "node:util/types";
import { tidelineError } from "@tideline/spec";

/**
 * SHA-256 of a value of options: plain values, typed arrays, dates and regular expressions, nested; two values have one
 * exactly where they are the same, NaN and -0 included. Fields that are undefined are as if they were absent.
 *
 * @throws DEFINITION_ILLEGAL for what has no text of its own: functions, symbols, maps, instances of classes, cycles.
 */
export function fingerprint(value: unknown, who: string): string {
  const hash = createHash("sha256");
  feed(hash, value, who, "options", 0);
  return hash.digest("hex");
}

/** Deeper than any options: a cycle. */
const DEPTH = 64;

function feed(hash: Hash, value: unknown, who: string, field: string, depth: number): void {
  const tagged = (tag: string, text: string) => void hash.update(`${tag}${text.length}:${text}`, "utf8");
  if (depth > DEPTH) throw strange(who, field, `more than ${DEPTH} levels, or a cycle`);
  if (value === null) return tagged("n", "");
  if (typeof value === "number") return tagged("d", Object.is(value, -0) ? "-0" : String(value));
  // JSON escapes lone surrogates, which UTF-8 would make alike.
  if (typeof value === "string") return tagged("s", JSON.stringify(value));
  if (typeof value === "boolean" || typeof value === "bigint") return tagged(typeof value, String(value));
  if (typeof value !== "object") throw strange(who, field, `a ${typeof value}`);
  if (isTypedArray(value)) {
    tagged("a", `${value.constructor.name}/${value.byteLength}`);
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return;
  }
  if (Array.isArray(value)) {
    tagged("l", String(value.length));
    for (const [at, one] of value.entries()) feed(hash, one ?? null, who, `${field}[${at}]`, depth + 1);
    return;
  }
  if (value instanceof RegExp) return tagged("r", String(value));
  if (value instanceof Date) return tagged("t", String(value.getTime()));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw strange(who, field, `a ${(prototype as { constructor?: { name?: string } }).constructor?.name}`);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  tagged("o", String(entries.length));
  for (const [key, one] of entries.sort(([left], [right]) => (left < right ? -1 : 1))) {
    tagged("k", JSON.stringify(key));
    feed(hash, one, who, `${field}.${key}`, depth + 1);
  }
}

function strange(who: string, field: string, received: string) {
  return tidelineError("DEFINITION_ILLEGAL", {
    who,
    field,
    expected: "plain values, by whose bytes a cached step is known again",
    received,
    remedy: "Give code of your own by ownTransform, ownRule or `custom`, which name its module.",
  });
}
