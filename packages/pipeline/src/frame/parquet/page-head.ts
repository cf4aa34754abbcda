import type { ChunkBytes } from "./chunk-bytes.ts";
import type { PageMemory } from "./page-memory.ts";
import { readThrift, ThriftCutOff, type ThriftStruct } from "./compact-thrift.ts";

/** What a page says of itself. */
export interface PageHead {
  readonly kind: "dictionary" | "data" | "other";
  /** Bytes as they stand, and unpacked. */
  readonly packed: number;
  readonly unpacked: number;
  readonly values: number;
  readonly encoding: number;
  /** Of pages that keep the levels of missing rows apart from values and unpacked: their bytes. */
  readonly levels?: number;
  /** Whether what follows such levels is packed. */
  readonly isPacked: boolean;
}

/** Bytes of a page's head at most: statistics of long texts stand in it. */
const MOST_HEAD = 2 ** 24;

/** Bytes of a page at most: 1 GiB. */
const MOST_PAGE = 2 ** 30;

/** Takes the head of the next page. @throws Error for what is none. */
export function takeHead(from: ChunkBytes, memory: PageMemory): PageHead {
  for (let count = 256; ; count *= 16) {
    const there = from.need(count);
    try {
      const { struct, end } = readThrift(memory.bytes.subarray(from.at, from.at + there), 0);
      const head = headOf(struct);
      from.skip(end);
      if (head.packed > from.left) throw new Error("a page that is cut off");
      return head;
    } catch (error) {
      if (!(error instanceof ThriftCutOff) || there >= Math.min(MOST_HEAD, from.left)) throw error;
    }
  }
}

function headOf(struct: ThriftStruct): PageHead {
  const { 1: type, 2: unpacked, 3: packed, 5: data, 7: dictionary, 8: apart } = struct;
  const own = (type === 0 ? data : type === 2 ? dictionary : type === 3 ? apart : {}) as ThriftStruct;
  const kind = type === 2 ? "dictionary" : type === 0 || type === 3 ? "data" : "other";
  const [levels, encoding] = type === 3 ? [own[5], own[4]] : [undefined, own[2]];
  const numbers = [
    unpacked,
    packed,
    ...(kind === "other" ? [] : [own[1], encoding]),
    ...(type === 3 ? [levels, own[6] ?? 0] : []),
  ];
  for (const number of numbers)
    if (!Number.isSafeInteger(number) || (number as number) < 0 || (number as number) > MOST_PAGE)
      throw new Error("the head of a page that says what cannot be");
  // Rows that may be missing once only: no levels of lists.
  if (type === 3 && (own[6] ?? 0) !== 0) throw new Error("levels of lists in a column without any");
  if (type === 0 && own[3] !== 3 && own[3] !== undefined) return { ...made(), encoding: -1 };
  return made();
  function made(): PageHead {
    return {
      kind,
      packed: packed as number,
      unpacked: unpacked as number,
      values: (own[1] ?? 0) as number,
      encoding: (encoding ?? -1) as number,
      ...(type === 3 ? { levels: levels as number } : {}),
      isPacked: type !== 3 || own[7] !== false,
    };
  }
}
