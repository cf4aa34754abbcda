import { TABLE_MAGIC, tableChecksum } from "@tideline/predict";

/** A table word by word, as tests take it apart and put it together wrongly. */
export interface TableFile {
  readonly memory: number;
  readonly constants?: number;
  readonly blocks?: number;
  readonly ends: readonly (readonly number[])[];
  readonly constantWords?: readonly number[];
  readonly words?: readonly number[];
  readonly instructions: readonly (readonly number[])[];
  readonly text?: Uint8Array;
  readonly labels?: number;
}

/** An input or output: its place and its lengths. */
export function endOf(offset: number, ...dims: number[]): readonly number[] {
  return [offset, dims.length, ...dims, ...Array.from({ length: 6 - dims.length }, () => 1)];
}

/** An instruction: its operator and arguments. */
export function instruction(code: number, ...args: number[]): readonly number[] {
  return [code + 65536 * args.length, ...args];
}

/** The bits of a number. */
export function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

/** Puts the right checksum into a table. */
export function sealed(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  if (copy.length >= 16) new DataView(copy.buffer).setUint32(12, tableChecksum(copy), true);
  return copy;
}

/** The bytes, with the right length and checksum whatever the words say. */
export function fileOf(file: TableFile): Uint8Array {
  const { memory, constants = 0, blocks = 0, ends, constantWords = [], words = [], instructions } = file;
  const { text = new TextEncoder().encode("x\0y\0"), labels = 0 } = file;
  const program = instructions.flat();
  const body = [...ends.flat(), ...constantWords, ...words, ...program];
  const size = 4 * (16 + body.length + Math.ceil(text.length / 4));
  const counts = [words.length, instructions.length, program.length, ends.length - 1, labels, text.length];
  const head = [TABLE_MAGIC, 1, size, 0, memory, constants, blocks, constantWords.length, ...counts, 0, 0];
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of [...head, ...body].entries()) view.setUint32(4 * at, word, true);
  bytes.set(text, size - 4 * Math.ceil(text.length / 4));
  return sealed(bytes);
}
