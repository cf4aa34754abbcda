import { BINARY_KINDS, NONE, TABLE_OPERATORS, UNARY_KINDS } from "@tideline/predict";
import { bitsOf, endOf, fileOf, instruction, type TableFile } from "./table-file.ts";

/** A table that no graph of ours leads to, with what the document says that it gives. */
export interface HandmadeTable {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly labels: readonly string[];
  readonly rows: readonly Float32Array[];
  readonly answer: (row: Float32Array) => readonly number[];
}

const { unary, binary, move, matmul, softmax, trees } = TABLE_OPERATORS;
const round = Math.fround;
const ROWS = [
  [0.5, -1.25, 3, 0],
  [-2, 2.5, -0.125, 7],
  [0, 0, 0, 0],
].map((row) => Float32Array.from(row));

/** Constants 0 to 5 as bytes: runs of 2, three scales; 1 byte for each, two words with their padding. */
const SCALES = [0.5, 0.1, 3];
const BYTES = [127, -128, 5, -7, 1, 0];
const CONSTANTS = BYTES.map((byte, at) => round(byte * round(SCALES[at >> 1]!)));

function packed(bytes: readonly number[]): readonly number[] {
  const padded = Int8Array.from({ length: 4 * Math.ceil(bytes.length / 4) }, (_, at) => bytes[at] ?? 0);
  return [...new Uint32Array(padded.buffer)];
}

const BASE: TableFile = {
  memory: 6 + 4 + 4,
  constants: 6,
  blocks: 1,
  constantWords: [1, 6, 2, 3, ...SCALES.map(bitsOf), ...packed(BYTES)],
  ends: [endOf(6, 4), endOf(10, 4)],
  instructions: [],
};

interface Draft {
  readonly file: Partial<TableFile> & Pick<TableFile, "instructions">;
  readonly labels?: readonly string[];
  readonly answer: HandmadeTable["answer"];
}

/** The address of a tree's threshold or leaf as words: `right` nodes on, two feature bits. */
const node = (value: number, feature: number, right: number, missing = false): number[] => [
  bitsOf(value),
  (feature + right * 4 + (missing ? 2 ** 31 : 0)) >>> 0,
];

/** Lengths, then operands with their strides, bias and target of a product that walks backwards. */
const TURNED = [1, 2, 2, 2, 9, 0, -2, -1, 6, 0, 1, 2, 4, 0, 1, 10];

const DRAFTS: Readonly<Record<string, Draft>> = {
  "hand-int8": {
    file: {
      instructions: [instruction(binary, BINARY_KINDS.mul, 1, 1, 1, 4, 6, 0, 0, 0, 1, 0, 0, 0, 0, 1, 10)],
    },
    answer: (row) => Array.from(row, (x, at) => round(x * CONSTANTS[at]!)),
  },
  "hand-int8-and-float32": {
    file: {
      memory: 16,
      constants: 8,
      blocks: 2,
      constantWords: [1, 6, 2, 3, ...SCALES.map(bitsOf), ...packed(BYTES), 0, 2, bitsOf(0.1), bitsOf(-3)],
      ends: [endOf(8, 4), endOf(12, 4)],
      instructions: [instruction(binary, BINARY_KINDS.add, 1, 1, 1, 4, 8, 0, 0, 0, 1, 4, 0, 0, 0, 1, 12)],
    },
    answer: (row) =>
      Array.from(row, (x, at) => round(x + [CONSTANTS[4]!, CONSTANTS[5]!, round(0.1), -3][at]!)),
  },
  "hand-in-place": {
    file: {
      instructions: [
        instruction(unary, UNARY_KINDS.neg, 4, 6, 6, 0, 0),
        instruction(binary, BINARY_KINDS.sub, 1, 1, 2, 2, 6, 0, 0, 2, 1, 2, 0, 0, 0, 1, 6),
        instruction(move, 1, 1, 1, 4, 9, 0, 0, 0, -1, 10, 0, 0, 0, 1),
        instruction(softmax, 0, 2, 2, 1, 10, 10),
      ],
    },
    answer: (row) => {
      const turned = Array.from(row, (x, at) => round(-x - CONSTANTS[2 + (at % 2)]!)).toReversed();
      return [0, 2].flatMap((at) => {
        const pair = [turned[at]!, turned[at + 1]!];
        const powers = pair.map((x) => round(Math.exp(x - Math.max(...pair))));
        return powers.map((power) => round(power / (powers[0]! + powers[1]!)));
      });
    },
  },
  "hand-matmul-turned": {
    // Two by two times its transpose, backwards through memory, with a bias per column and a function behind it.
    file: {
      instructions: [instruction(matmul, ...TURNED, UNARY_KINDS.clip, bitsOf(-5), bitsOf(6))],
    },
    answer: (row) =>
      [0, 1].flatMap((i) =>
        [0, 1].map((j) => {
          let sum = 0;
          for (const k of [0, 1]) sum += row[3 - 2 * i - k]! * row[k + 2 * j]!;
          return round(Math.min(6, Math.max(-5, sum + CONSTANTS[4 + j]!)));
        }),
      ),
  },
  "hand-trees-shared": {
    // x0 = 0.5 exactly adds the row 1, anything else the row 0: two nodes lead to one leaf. Then a tree of one leaf.
    file: {
      words: [[0, 4], node(0.5, 0, 2), node(0.49999997, 0, 2, true), [0, 0], [1, 0], [2, 0]].flat(),
      instructions: [
        instruction(trees, 4, 6, 2, 10, 2, 0, 5, 2, 2, 1, 3, 0),
        instruction(move, 1, 1, 1, 2, 10, 0, 0, 0, 1, 12, 0, 0, 0, 1),
      ],
    },
    answer: (row) => {
      const at = row[0] === 0.5 ? 2 : 0;
      const sums = [0, 1].map((k) => round(CONSTANTS[at + k]! + CONSTANTS[4 + k]!));
      return [...sums, ...sums];
    },
  },
  "hand-labels": {
    file: {
      instructions: [
        instruction(matmul, 1, 1, 4, 4, 6, 0, 0, 1, 0, 0, 0, 1, NONE, 0, 0, 10, UNARY_KINDS.relu, 0, 0),
      ],
    },
    labels: ["walk", "gehen ü", "歩く", "🚲"],
    answer: (row) => {
      return [0, 1, 2, 3].map((j) => {
        let total = 0;
        for (const x of row) total += x * CONSTANTS[j]!;
        return round(total < 0 ? 0 : total);
      });
    },
  },
};

/** Tables of forms that a writer need not use and every reader must know. */
export function handmadeTables(): readonly HandmadeTable[] {
  return Object.entries(DRAFTS).map(([name, { file, labels = [], answer }]) => {
    const text = new TextEncoder().encode(["x", "y", ...labels].map((one) => `${one}\0`).join(""));
    return {
      name,
      labels,
      answer,
      rows: ROWS,
      bytes: fileOf({ ...BASE, ...file, text, labels: labels.length }),
    };
  });
}
