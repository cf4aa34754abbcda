import { TABLE_MAGIC, TABLE_VERSION, tableChecksum } from "@tideline/predict";
import { constantBlock } from "./constant-block.ts";
import type { Argument, Instruction } from "./emitter.ts";
import type { Plan } from "./plan.ts";
import type { View } from "./view.ts";

/** An input or output with its name. */
export interface NamedView {
  readonly name: string;
  readonly view: View;
}

/** What a table is made of. */
export interface TableParts {
  readonly instructions: readonly Instruction[];
  readonly plan: Plan;
  readonly input: NamedView;
  readonly outputs: readonly NamedView[];
  readonly labels: readonly string[];
}

/** Words of the header. */
const HEADER = 16;

/** The record of an input or output. */
function endWords({ view }: NamedView, plan: Plan): readonly number[] {
  const { dims } = view;
  const beyond = Array.from({ length: 6 - dims.length }, () => 1);
  return [plan.placeOf.get(view.store)! + view.offset, dims.length, ...dims, ...beyond];
}

/** The bits of a number in single precision. */
function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

/** The bytes of a table. Equal parts give equal bytes. */
export function encodeTable({ instructions, plan, input, outputs, labels }: TableParts): Uint8Array {
  const lists: number[] = [];
  const wordOf = (argument: Argument): number => {
    if (typeof argument === "number") return argument;
    if ("float" in argument) return bitsOf(argument.float);
    if ("store" in argument) return plan.placeOf.get(argument.store)! + argument.offset;
    const at = lists.length;
    for (const word of argument.words) lists.push(word);
    return at;
  };
  const program = instructions.flatMap(({ code, args }) => [code + args.length * 65536, ...args.map(wordOf)]);
  const blocks = plan.constants.map(({ values }) => constantBlock(values!));
  const blockBytes = blocks.reduce((sum, block) => sum + block.length, 0);
  const names = [input.name, ...outputs.map(({ name }) => name), ...labels];
  const text = new TextEncoder().encode(names.map((name) => `${name}\0`).join(""));
  const ends = [input, ...outputs].flatMap((end) => endWords(end, plan));

  const size =
    4 * (HEADER + ends.length + lists.length + program.length + Math.ceil(text.length / 4)) + blockBytes;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (words: readonly number[]): void => {
    for (const word of words) {
      view.setUint32(at, word, true);
      at += 4;
    }
  };
  put([TABLE_MAGIC, TABLE_VERSION, size, 0, plan.memory, plan.constantSize, blocks.length, blockBytes / 4]);
  put([lists.length, instructions.length, program.length, outputs.length, labels.length, text.length, 0, 0]);
  put(ends);
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  put(lists);
  put(program);
  bytes.set(text, at);
  view.setUint32(12, tableChecksum(bytes), true);
  return bytes;
}
