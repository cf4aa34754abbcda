import { tooMany } from "./word-table.ts";

/** Sequences of symbols by numbers, each made of a shorter one (its parent, -1 for none) and its last symbol. */
export interface GramTable {
  readonly size: () => number;
  /** The number of a sequence, made when new; -1 where a closed table lacks it. */
  next(parent: number, symbol: number): number;
  parentOf(gram: number): number;
  symbolOf(gram: number): number;
  /** From now on what is not in it has the number -1. */
  close(): void;
}

/** Sequences that a table holds at most: about 2.5 GiB. */
const GRAMS = 2 ** 27;

/** An empty table. Open addressing with linear steps, at most half full. */
export function gramTable(who: string): GramTable {
  let slots = new Int32Array(1024).fill(-1);
  let parents = new Int32Array(512);
  let symbols = new Int32Array(512);
  let size = 0;
  let open = true;

  const grow = (): void => {
    const [before, last] = [parents, symbols];
    parents = new Int32Array(2 * before.length);
    parents.set(before);
    symbols = new Int32Array(2 * last.length);
    symbols.set(last);
    slots = new Int32Array(2 * slots.length).fill(-1);
    const mask = slots.length - 1;
    for (let gram = 0; gram < size; gram++) {
      let slot = mix(parents[gram]!, symbols[gram]!) & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = gram;
    }
  };

  return Object.freeze({
    size: () => size,
    parentOf: (gram: number) => parents[gram]!,
    symbolOf: (gram: number) => symbols[gram]!,
    close() {
      open = false;
    },
    next(parent: number, symbol: number): number {
      let mask = slots.length - 1;
      let slot = mix(parent, symbol) & mask;
      for (let gram = slots[slot]!; gram >= 0; slot = (slot + 1) & mask, gram = slots[slot]!)
        if (parents[gram] === parent && symbols[gram] === symbol) return gram;
      if (!open) return -1;
      if (2 * (size + 1) > slots.length) {
        if (size >= GRAMS) throw tooMany(who, `${GRAMS} distinct sequences`);
        grow();
        mask = slots.length - 1;
        slot = mix(parent, symbol) & mask;
        while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      }
      parents[size] = parent;
      symbols[size] = symbol;
      slots[slot] = size;
      return size++;
    },
  });
}

function mix(parent: number, symbol: number): number {
  let h = Math.imul(parent, 0x9e3779b1) ^ Math.imul(symbol + 0x7f4a7c15, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
  return h ^ (h >>> 13);
}
