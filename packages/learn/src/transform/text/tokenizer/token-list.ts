import type { TokenEncoding } from "./tokenizer.ts";

/** An encoding while it grows. */
export interface TokenList {
  readonly ids: number[];
  readonly typeIds: number[];
  readonly special: number[];
}

/** Ids of one text. */
export function tokenList(ids: number[], type: number, special = 0): TokenList {
  return { ids, typeIds: ids.map(() => type), special: ids.map(() => special) };
}

/** Lists behind one another. */
export function joinLists(lists: readonly TokenList[]): TokenList {
  if (lists.length === 1) return lists[0]!;
  return {
    ids: lists.flatMap(({ ids }) => ids),
    typeIds: lists.flatMap(({ typeIds }) => typeIds),
    special: lists.flatMap(({ special }) => special),
  };
}

/** At most `length` tokens, cut at the end or at the start. */
export function cutList(list: TokenList, length: number, side: "Left" | "Right"): TokenList {
  const extra = list.ids.length - length;
  if (extra <= 0) return list;
  const [from, to] = side === "Right" ? [0, length] : [extra, list.ids.length];
  return {
    ids: list.ids.slice(from, to),
    typeIds: list.typeIds.slice(from, to),
    special: list.special.slice(from, to),
  };
}

/** A list as it is handed out, filled up to `length`. */
export function encodingOf(
  { ids, typeIds, special }: TokenList,
  length: number,
  by: { readonly id: number; readonly typeId: number; readonly side: "Left" | "Right" },
): TokenEncoding {
  const size = Math.max(length, ids.length);
  const start = by.side === "Left" ? size - ids.length : 0;
  const placed = (values: readonly number[], filling: number) => {
    const out = new Int32Array(size).fill(filling);
    out.set(values, start);
    return out;
  };
  return Object.freeze({
    ids: placed(ids, by.id),
    typeIds: placed(typeIds, by.typeId),
    attentionMask: new Int32Array(size).fill(1, start, start + ids.length),
    specialTokensMask: placed(special, 1),
  });
}
