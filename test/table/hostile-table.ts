import { TABLE_LIMITS, TABLE_OPERATORS } from "@tideline/predict";
import { bitsOf, endOf, fileOf, instruction } from "./table-file.ts";

/** A table that asks for as much as the format lets it. */
export interface HostileTable {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isLegal: boolean;
  /** Numbers that rule 10 of the format charges it for. */
  readonly space: number;
}

const { unary, gather, trees, spectrum } = TABLE_OPERATORS;
const { instructions: MOST, labels: LABELS, memory: MEMORY, text: TEXT } = TABLE_LIMITS;
const BYTES = TABLE_LIMITS.bytes;

/** `count` times the same. */
const many = (count: number, one: readonly number[]): (readonly number[])[] =>
  Array.from({ length: count }, () => one);

/** Text that begins with the names `x` and `y`. */
function named(length: number, fill: number): Uint8Array {
  const text = new Uint8Array(length).fill(fill);
  text.set([0x78, 0, 0x79, 0]);
  text[length - 1] = 0;
  return text;
}

const END = [endOf(0, 1, 1), endOf(1, 1, 1)];
const COPY = instruction(unary, 0, 1, 0, 1, 0, 0);
const small = { memory: 2, ends: END, instructions: [COPY] };

/** Each as large as it may be in one thing; the last two in one that is beyond. */
export function hostileTables(): readonly HostileTable[] {
  const list = 2 ** 28 / MOST;
  const nodes = (MEMORY / MOST - 4) / 4;
  const size = 120;
  const pairs = new Uint8Array(TEXT).map((_, at) => (at % 2 ? 0xbc : 0xc3));
  pairs.set([0x78, 0, 0x79, 0]);
  pairs.set([0x61, 0], TEXT - 2);
  const legal = {
    // Each would be 64 KiB more in a reader that copies its list.
    gathers: fileOf({
      memory: 1 + list,
      ends: END,
      words: Array.from({ length: list }, () => 0),
      instructions: many(MOST, instruction(gather, 1, 1, 1, list, 0, 1, 0)),
    }),
    trees: fileOf({
      memory: 2,
      ends: END,
      words: [0, ...Array.from({ length: nodes }, () => [bitsOf(1), 0]).flat()],
      instructions: many(MOST, instruction(trees, 1, 0, 1, 1, 1, 0, nodes, 1, 1, 0, 1, 0)),
    }),
    spectra: fileOf({
      memory: 4,
      ends: END,
      instructions: many(MOST, instruction(spectrum, size, 0, 1, 1, 0, 0, 1, 1)),
    }),
    instructions: fileOf({ ...small, instructions: many(MOST, COPY) }),
    memory: fileOf({ ...small, memory: MEMORY }),
    "labels-empty": fileOf({ ...small, labels: LABELS, text: named(LABELS + 4, 0) }),
    "label-long": fileOf({ ...small, labels: 1, text: named(TEXT, 0x61) }),
    "label-long-two-bytes": fileOf({ ...small, labels: 1, text: pairs }),
  };
  const spaces: Partial<Record<string, number>> = {
    gathers: 1 + list,
    trees: 2 + 4 * nodes * MOST,
    spectra: 4 + 8 * size * MOST,
    memory: MEMORY,
  };
  const refused = {
    zeros: fileOf({ ...small, labels: LABELS, text: new Uint8Array(BYTES - 200) }),
    "label-too-long": fileOf({ ...small, labels: 1, text: named(BYTES - 200, 0x61) }),
  };
  return [
    ...Object.entries(legal).map(([name, bytes]) => ({
      name,
      bytes,
      isLegal: true,
      space: spaces[name] ?? 2,
    })),
    ...Object.entries(refused).map(([name, bytes]) => ({ name, bytes, isLegal: false, space: 2 })),
  ];
}

/** Bytes of the largest program and text: what becomes many small values of a language. */
const SMALL = 4 * 23 * MOST + TEXT;

/**
 * Bytes that a reader may take to load a table, as "What loading costs" of the format's page says: the file itself is
 * not among them. `slack` is what the measuring adds.
 */
export function mostBytes({ bytes, space }: Pick<HostileTable, "bytes" | "space">, slack: number): number {
  return 2 * bytes.length + 16 * Math.min(bytes.length, SMALL) + 8 * space + slack;
}
