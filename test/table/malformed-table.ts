import { NONE, TABLE_OPERATORS } from "@tideline/predict";
import { bitsOf, endOf, fileOf, instruction, sealed, type TableFile } from "./table-file.ts";

/** A table that every reader must refuse. */
export interface MalformedTable {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const { unary, binary, move, gather, matmul, reduce, softmax, argmax, conv, pool, trees, spectrum } =
  TABLE_OPERATORS;

/** Constants 0 to 3, input 4 to 7, output 8 to 11. */
const BASE: TableFile = {
  memory: 12,
  constants: 4,
  blocks: 1,
  constantWords: [0, 4, bitsOf(1), bitsOf(2), bitsOf(3), bitsOf(4)],
  ends: [endOf(4, 1, 4), endOf(8, 1, 4)],
  instructions: [instruction(unary, 6, 4, 4, 8, 0, 0)],
};

/** A legal table that all others differ from in little. */
export function legalTable(): Uint8Array {
  return fileOf(BASE);
}

/** The base with other instructions, and perhaps more. */
const doing = (...instructions: readonly (readonly number[])[]): TableFile => ({ ...BASE, instructions });

/** One word of a header changed after all. */
function patched(word: number, value: number): Uint8Array {
  const bytes = legalTable();
  new DataView(bytes.buffer).setUint32(4 * word, value, true);
  return sealed(bytes);
}

/** Trees over the input: nodes as pairs of words. */
const forest = (nodes: readonly number[], change: Partial<Record<number, number>> = {}): TableFile => {
  const args = [4, 4, 4, 8, 1, 0, nodes.length / 2, 1, 2, 0, 1, 0];
  for (const [at, value] of Object.entries(change)) args[Number(at)] = value!;
  return { ...doing(instruction(trees, ...args)), words: [0, ...nodes] };
};

const branch = (feature: number, right: number): number[] => [bitsOf(0), feature | (right << 2)];
const leaf = (target: number): number[] => [bitsOf(1), target];

/** Names whose bytes, zeros included, are `count`. */
function longText(count: number): Uint8Array {
  const text = new Uint8Array(count).fill(0x61);
  text[1] = text[count - 1] = 0;
  return text;
}

/** What is wrong, as a name, and the file. */
const FILES: Readonly<Record<string, TableFile>> = {
  "memory-none": { ...BASE, memory: 0 },
  "memory-too-large": { ...BASE, memory: 2 ** 24 + 1 },
  "constants-more-than-memory": { ...BASE, memory: 3 },
  "constants-not-filled": { ...BASE, constants: 5, memory: 13 },
  "constants-overfull": { ...BASE, constants: 3 },
  "constants-unknown-form": { ...BASE, constantWords: [2, 4, 1, 1, bitsOf(1), 0] },
  "constants-cut": { ...BASE, constantWords: [0, 4, 0, 0, 0] },
  "constants-int8-no-scale": { ...BASE, constantWords: [1, 4, 1, 0, 0, 0] },
  "constants-int8-no-run": { ...BASE, constantWords: [1, 4, 0, 1, bitsOf(1), 0] },
  "constants-block-missing": { ...BASE, blocks: 0 },
  "input-in-constants": { ...BASE, ends: [endOf(0, 1, 4), endOf(8, 1, 4)] },
  "input-outside": { ...BASE, ends: [endOf(9, 1, 4), endOf(8, 1, 4)] },
  "output-outside": { ...BASE, ends: [endOf(4, 1, 4), endOf(9, 1, 4)] },
  "output-far-outside": { ...BASE, ends: [endOf(4, 1, 4), endOf(NONE, 1, 4)] },
  "output-empty": { ...BASE, ends: [endOf(4, 1, 4), endOf(8, 1, 0)] },
  "output-product-too-large": { ...BASE, ends: [endOf(4, 1, 4), endOf(8, 65536, 65536)] },
  "rank-7": { ...BASE, ends: [endOf(4, 1, 4), [8, 7, 1, 4, 1, 1, 1, 1]] },
  "rank-beyond": { ...BASE, ends: [endOf(4, 1, 4), [8, 1, 4, 2, 1, 1, 1, 1]] },
  "outputs-none": { ...BASE, ends: [endOf(4, 1, 4)], text: new TextEncoder().encode("x\0") },
  "text-name-missing": { ...BASE, text: new TextEncoder().encode("x\0") },
  "text-not-ended": { ...BASE, text: new TextEncoder().encode("x\0y") },
  "text-label-missing": { ...BASE, labels: 1 },
  "text-not-utf8": { ...BASE, text: Uint8Array.of(0x78, 0, 0xff, 0) },
  "text-overlong": { ...BASE, text: Uint8Array.of(0x78, 0, 0xc0, 0x80, 0) },
  "text-surrogate": { ...BASE, text: Uint8Array.of(0x78, 0, 0xed, 0xa0, 0x80, 0) },
  "text-zeros": { ...BASE, text: new Uint8Array(4096) },
  "text-too-long": { ...BASE, text: longText(2 ** 20 + 1) },
  "operator-0": doing([0]),
  "operator-unknown": doing(instruction(999)),
  "operator-argument-missing": doing(instruction(unary, 6, 4, 4, 8, 0)),
  "operator-argument-more": doing(instruction(unary, 6, 4, 4, 8, 0, 0, 0)),
  "unary-unknown-kind": doing(instruction(unary, 13, 4, 4, 8, 0, 0)),
  "unary-empty": doing(instruction(unary, 6, 0, 4, 8, 0, 0)),
  "unary-source-outside": doing(instruction(unary, 6, 4, 9, 4, 0, 0)),
  "unary-target-outside": doing(instruction(unary, 6, 4, 4, 9, 0, 0)),
  "unary-target-constant": doing(instruction(unary, 6, 4, 4, 3, 0, 0)),
  "unary-target-overlaps": doing(instruction(unary, 6, 4, 4, 5, 0, 0)),
  "binary-unknown-kind": doing(instruction(binary, 7, 1, 1, 1, 4, 0, 0, 0, 0, 1, 4, 0, 0, 0, 1, 8)),
  "binary-stride-outside": doing(instruction(binary, 0, 1, 1, 1, 4, 0, 0, 0, 0, 4, 4, 0, 0, 0, 1, 8)),
  "binary-stride-below": doing(instruction(binary, 0, 1, 1, 1, 4, 0, 0, 0, 0, -1, 4, 0, 0, 0, 1, 8)),
  "binary-in-place-reversed": doing(instruction(binary, 0, 1, 1, 1, 4, 0, 0, 0, 0, 1, 11, 0, 0, 0, -1, 8)),
  "binary-in-place-broadcast": doing(instruction(binary, 0, 1, 1, 1, 4, 0, 0, 0, 0, 1, 8, 0, 0, 0, 0, 8)),
  "move-too-large": doing(instruction(move, 65536, 65536, 65536, 65536, 4, 0, 0, 0, 0, 8, 0, 0, 0, 0)),
  "move-stride-too-large": doing(instruction(move, 1, 1, 1, 1, 4, 0, 0, 0, 2 ** 25, 8, 0, 0, 0, 1)),
  "gather-index-outside": { ...doing(instruction(gather, 1, 4, 1, 4, 4, 8, 0)), words: [0, 1, 2, 4] },
  "gather-list-outside": { ...doing(instruction(gather, 1, 4, 1, 4, 4, 8, 1)), words: [0, 1, 2, 3] },
  "matmul-bias-outside": doing(instruction(matmul, 1, 1, 4, 1, 4, 0, 0, 1, 0, 0, 1, 0, 12, 0, 0, 8, 0, 0, 0)),
  "matmul-unknown-activation": doing(
    instruction(matmul, 1, 1, 4, 1, 4, 0, 0, 1, 0, 0, 1, 0, NONE, 0, 0, 8, 13, 0, 0),
  ),
  "reduce-unknown-kind": doing(instruction(reduce, 4, 1, 4, 1, 4, 8)),
  "softmax-unknown-kind": doing(instruction(softmax, 2, 1, 4, 1, 4, 8)),
  "argmax-last-2": doing(instruction(argmax, 2, 1, 4, 1, 4, 8)),
  "conv-groups": doing(
    instruction(conv, 2, 1, 1, 4, 2, 1, 2, 1, 1, 1, 1, 0, 0, 1, 1, 4, 0, NONE, 8, 0, 0, 0),
  ),
  "conv-weight-outside": doing(
    instruction(conv, 1, 1, 1, 4, 1, 1, 4, 1, 13, 1, 1, 0, 6, 1, 1, 4, 0, NONE, 8, 0, 0, 0),
  ),
  "pool-no-stride": doing(instruction(pool, 0, 1, 1, 4, 1, 4, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 4, 8)),
  "trees-child-before": forest([...branch(0, 1), ...branch(0, 1)]),
  "trees-child-outside": forest([...branch(0, 3), ...leaf(0), ...leaf(0)]),
  "trees-next-outside": forest([...leaf(0), ...branch(0, 1)]),
  "trees-feature-outside": forest([...branch(3, 2), ...leaf(0), ...leaf(0)], { 0: 3 }),
  "trees-target-outside": forest([...branch(0, 2), ...leaf(3), ...leaf(0)], { 2: 3 }),
  "trees-root-outside": { ...forest([...leaf(0)]), words: [1, ...leaf(0)] },
  "trees-nodes-outside": forest([...leaf(0)], { 6: 2 }),
  "trees-roots-outside": forest([...leaf(0)], { 4: 4 }),
  "trees-bits-0": forest([...leaf(0)], { 8: 0 }),
  "trees-bits-25": forest([...leaf(0)], { 8: 25 }),
  "trees-kind-2": forest([...leaf(0)], { 9: 2 }),
  "trees-row-outside": forest([1, 0], { 2: 2, 9: 1, 10: 1 }),
  "trees-weights-outside": forest([0, 0], { 9: 1, 10: 3, 11: 4 }),
  "trees-overlap": forest([...leaf(0)], { 3: 5 }),
  "spectrum-size-3": doing(instruction(spectrum, 3, 0, 1, 1, 4, 1, 1, 8)),
  "spectrum-bin-outside": doing(instruction(spectrum, 4, 2, 2, 1, 4, 1, 1, 8)),
  "spectrum-source-outside": doing(instruction(spectrum, 4, 1, 1, 1, 4, 3, 1, 8)),
  "work-too-much": doing(
    ...Array.from({ length: 300 }, () =>
      instruction(matmul, 1024, 32, 32, 1, 4, 0, 0, 0, 0, 0, 0, 0, NONE, 0, 0, 12, 0, 0, 0),
    ),
  ),
  "space-too-much": {
    ...BASE,
    memory: 2 ** 24,
    instructions: [instruction(spectrum, 4, 1, 1, 1, 4, 1, 1, 8)],
  },
};

/** Tables that break one rule each; all but the first few have the right length and checksum. */
export function malformedTables(): readonly MalformedTable[] {
  const legal = legalTable();
  const wrong = legal.slice();
  wrong[wrong.length - 5]! ^= 1;
  const padded = sealed(Uint8Array.of(...legal, 0, 0, 0, 0));
  const files = Object.entries(FILES).map(([name, file]) => ({ name, bytes: fileOf(file) }));
  const work = files.find(({ name }) => name === "work-too-much")!;
  return [
    { name: "empty", bytes: new Uint8Array(0) },
    { name: "header-cut", bytes: legal.slice(0, 60) },
    { name: "checksum-wrong", bytes: wrong },
    { name: "file-cut", bytes: sealed(legal.slice(0, -4)) },
    { name: "file-longer", bytes: padded },
    { name: "magic-wrong", bytes: patched(0, 0x324d4c54) },
    { name: "version-0", bytes: patched(1, 0) },
    { name: "version-2", bytes: patched(1, 2) },
    { name: "length-wrong", bytes: patched(2, legal.length + 4) },
    { name: "reserved", bytes: patched(15, 1) },
    { name: "instructions-more", bytes: patched(9, 2) },
    { name: "instructions-fewer", bytes: patched(9, 0) },
    { name: "outputs-17", bytes: patched(11, 17) },
    { name: "outputs-negative", bytes: patched(11, NONE) },
    { name: "words-negative", bytes: patched(8, NONE) },
    ...files.filter((file) => file !== work),
    // Enough memory for its operands, so that only the work is too much.
    { name: work.name, bytes: fileOf({ ...FILES[work.name]!, memory: 12 + 1024 * 32 }) },
  ];
}
