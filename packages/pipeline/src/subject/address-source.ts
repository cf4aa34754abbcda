import { isIP } from "node:net";

/** Bits of an IPv6 address that one customer has: a host takes any address of its /64 (RFC 6177, RFC 8981). */
const PREFIX_GROUPS = 4;

/** Groups of four hexadecimal digits of one side of `::`. */
const groupsOf = (side: string): readonly string[] => (side === "" ? [] : side.split(":"));

/**
 * What of an address stands for one source of requests: an IPv4 address whole, also where it is mapped into IPv6; of an
 * IPv6 address its /64. Anything else stands for itself.
 *
 * @example
 * addressSource("2001:db8::1"); // "2001:db8:0:0"
 */
export function addressSource(address: string): string {
  const [plain = ""] = address.toLowerCase().split("%");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(plain) !== 6) return plain;
  const [left = "", right] = plain.split("::");
  const [head, tail] = [groupsOf(left), groupsOf(right ?? "")];
  // A dotted tail stands for two groups; none of it belongs to the first four unless nothing else is there.
  const missing = 8 - head.length - tail.length - (plain.includes(".") ? 1 : 0);
  const zeros = Array.from({ length: right === undefined ? 0 : Math.max(0, missing) }, () => "0");
  const groups = [...head, ...zeros, ...tail].slice(0, PREFIX_GROUPS);
  return groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":");
}
