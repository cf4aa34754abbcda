import type { ChunkBytes } from "./chunk-bytes.ts";
import type { PageMemory } from "./page-memory.ts";
import { readThrift, ThriftCutOff, type ThriftStruct, type ThriftValue } from "./compact-thrift.ts";

/** What a page says of itself. */
export interface PageHead {
  readonly kind: "dictionary" | "data" | "other";
  /** Bytes as they stand, and unpacked. */
  readonly packed: number;
  readonly unpacked: number;
  readonly values: number;
  readonly encoding: number;
  /** CRC-32 of its bytes as they stand, where its writer kept it. */
  readonly checksum?: number;
  /** Of pages that keep the levels of missing rows apart from values and unpacked: their bytes. */
  readonly levels?: number;
  /** Whether there are levels of lists among them, which flat columns have none of. */
  readonly listed?: boolean;
  /** Whether what follows such levels is packed. */
  readonly isPacked: boolean;
  /** Whether its levels, if it has any, are in an encoding that nobody has written since 2013. */
  readonly oldLevels: boolean;
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

/** Kinds of pages by their numbers; pages of an index are none of ours. */
const KINDS: readonly PageHead["kind"][] = ["data", "other", "dictionary", "data"];

function headOf(struct: ThriftStruct): PageHead {
  const { 1: type, 2: unpacked, 3: packed, 4: crc, 5: data, 7: dictionary, 8: apart } = struct;
  const kind = KINDS[type as number] ?? "other";
  const own = (type === 0 ? data : type === 2 ? dictionary : type === 3 ? apart : {}) as
    | ThriftStruct
    | undefined;
  if (own === undefined) throw wrong();
  const count = (value: ThriftValue | undefined): number => {
    if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MOST_PAGE)
      return value as number;
    throw wrong();
  };
  if (crc !== undefined && !Number.isInteger(crc)) throw wrong();
  const sizes = {
    kind,
    packed: count(packed),
    unpacked: count(unpacked),
    ...(crc !== undefined && { checksum: (crc as number) >>> 0 }),
  };
  if (kind === "other") return { ...sizes, values: 0, encoding: -1, isPacked: true, oldLevels: false };
  const values = count(own[1]);
  if (type !== 3) {
    const oldLevels = type === 0 && own[3] !== 3;
    return { ...sizes, values, encoding: count(own[2]), isPacked: true, oldLevels };
  }
  const levels = { levels: count(own[5]), listed: (own[6] ?? 0) !== 0, isPacked: own[7] !== false };
  return { ...sizes, values, encoding: count(own[4]), ...levels, oldLevels: false };
}

function wrong(): Error {
  return new Error("the head of a page that says what cannot be");
}
