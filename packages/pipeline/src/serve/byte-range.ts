/** Bytes of a file that a request asks for: from `first` up to `last`, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The one range of a `Range` header over `length` bytes (RFC 9110, section 14.2): undefined where there is none, or one
 * in another unit, malformed, or of several parts, which a server may pass over and give the whole; null where it
 * cannot be satisfied.
 *
 * @example
 * byteRange("bytes=0-9", 100); // { first: 0, last: 9 }
 */
export function byteRange(header: string | undefined, length: number): ByteRange | null | undefined {
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (from === "") {
    const count = Math.min(Number(to), length);
    return count === 0 ? null : { first: length - count, last: length - 1 };
  }
  const [first, last] = [Number(from), to === "" ? length - 1 : Math.min(Number(to), length - 1)];
  if (to !== "" && Number(to) < first) return undefined;
  return first >= length ? null : { first, last };
}
