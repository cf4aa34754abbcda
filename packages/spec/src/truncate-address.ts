/** Four bytes of a dotted address, or null. */
function parseIpv4(text: string): readonly number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.map(Number);
}

/** Groups of a part of an IPv6 address without `::`, or null. */
function parseGroups(text: string): readonly number[] | null {
  if (text === "") return [];
  const groups = text.split(":");
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => parseInt(group, 16))
    : null;
}

/** The eight groups of an IPv6 address (RFC 4291, section 2.2), or null. */
function parseIpv6(text: string): readonly number[] | null {
  const [address = ""] = text.split("%");
  // A dotted tail stands for the last two groups.
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const bytes = tail === null ? null : parseIpv4(tail[2]!);
  if (tail !== null && bytes === null) return null;
  const hex = (high: number, low: number): string => (high * 256 + low).toString(16);
  const whole =
    bytes === null ? address : `${tail![1]!}${hex(bytes[0]!, bytes[1]!)}:${hex(bytes[2]!, bytes[3]!)}`;
  const halves = whole.split("::");
  if (halves.length > 2) return null;
  const [head, rest] = [parseGroups(halves[0]!), parseGroups(halves[1] ?? "")];
  if (head === null || rest === null) return null;
  if (halves.length === 1) return head.length === 8 ? head : null;
  const zeros = 8 - head.length - rest.length;
  return zeros < 1 ? null : [...head, ...Array.from({ length: zeros }, () => 0), ...rest];
}

const network4 = (bytes: readonly number[]): string => `${bytes.slice(0, 3).join(".")}.0/24`;

/** The first two of the groups that carry an IPv4 address, as its four bytes. */
const embedded = (high: number, low: number): readonly number[] => [
  high >> 8,
  high & 255,
  low >> 8,
  low & 255,
];

/**
 * The network of an address, for wherever one is shown: /24 of IPv4, /48 of IPv6, so that it says where a client roughly is
 * and not who. An IPv4 address inside an IPv6 one (mapped, or 6to4, which holds it in its first 48 bits) is cut as IPv4.
 * Anything that is no address gives null, never itself.
 *
 * @example
 * truncateAddress("203.0.113.77"); // "203.0.113.0/24"
 * truncateAddress("2001:db8:1:2::3"); // "2001:db8:1::/48"
 */
export function truncateAddress(address: string): string | null {
  const bytes = parseIpv4(address);
  if (bytes !== null) return network4(bytes);
  const groups = address.includes(":") ? parseIpv6(address) : null;
  if (groups === null) return null;
  const [first, second, third] = groups as [number, number, number];
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return network4(embedded(groups[6]!, groups[7]!));
  if (first === 0x2002) return network4(embedded(second, third));
  const kept = [first, second, third];
  while (kept.length > 0 && kept[kept.length - 1] === 0) kept.pop();
  return `${kept.map((group) => group.toString(16)).join(":")}::/48`;
}
