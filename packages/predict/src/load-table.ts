import { tableChecksum } from "./checksum.ts";
import { TABLE_LIMITS, TABLE_MAGIC, TABLE_VERSION } from "./format.ts";
import { demand, tableError } from "./malformed.ts";
import { BY_CODE } from "./op/registry.ts";
import { length, runOf, type Program, type Step } from "./program.ts";
import type { TableEnd, TableModel } from "./table-model.ts";
import { readStrings } from "./text.ts";

/** Words of the header, and of the record of an input or output. */
const HEADER = 16;
const END = 8;

/** Fills the constants from their blocks, which must lie one behind the other in exactly `size` words. */
function readConstants(
  words: Int32Array,
  numbers: Float32Array,
  blocks: number,
  constants: Float32Array,
): void {
  let at = 0;
  let filled = 0;
  for (let block = 0; block < blocks; block++) {
    demand(at + 2 <= words.length, "constants are complete");
    const kind = words[at];
    const count = words[at + 1];
    demand(count >= 1 && count <= constants.length - filled, "constants fit");
    if (kind === 0) {
      at += 2;
      demand(at + count <= words.length, "constants are complete");
      constants.set(numbers.subarray(at, at + count), filled);
      at += count;
    } else {
      demand(kind === 1 && at + 4 <= words.length, "constants have a known form");
      const run = length(words[at + 2]);
      const scales = length(words[at + 3]);
      const scale = at + 4;
      const size = (count + 3) >> 2;
      at = scale + scales + size;
      demand(at <= words.length, "constants are complete");
      const bytes = new Int8Array(words.buffer, words.byteOffset + 4 * (scale + scales), count);
      for (let k = 0; k < count; k++)
        constants[filled + k] = bytes[k] * numbers[scale + (Math.floor(k / run) % scales)];
    }
    filled += count;
  }
  demand(at === words.length && filled === constants.length, "constants are complete");
}

/**
 * Reads a compact model table (docs/format/model-table.md). Everything is checked here, so that a run can neither
 * fail nor reach outside of its memory, and takes no more than `TABLE_LIMITS.work` steps. The bytes are copied. The host
 * must be little-endian, as all that run JavaScript are.
 *
 * @throws MODEL_MALFORMED for bytes that are not a table of version 1, or one beyond the limits.
 *
 * @example
 * const model = loadTable(bytes);
 * const probabilities = model.run(window); // Float32Array, model.output.dims
 */
export function loadTable(bytes: Uint8Array): TableModel {
  const size = bytes.length;
  demand(
    size >= 4 * HEADER && size % 4 === 0 && size <= TABLE_LIMITS.bytes,
    "a file has a header and whole words",
  );
  // Not `slice`: that of Node's Buffer shares its memory.
  const copy = new Uint8Array(size);
  copy.set(bytes);
  const file = new Int32Array(copy.buffer);
  const floats = new Float32Array(copy.buffer);
  const [magic, version, declared, checksum, space, constants, blocks, blockWords] = file;
  const [wordCount, instructions, programWords, outputCount, labelCount, textBytes, first, second] =
    file.subarray(8);
  demand(magic === TABLE_MAGIC, "it starts with TLM1");
  demand(version === TABLE_VERSION, "it is of version 1");
  demand(declared === size && checksum >>> 0 === tableChecksum(copy), "length and checksum agree");
  demand(first === 0 && second === 0, "reserved words are 0");
  const within = (value: number, most: number): void =>
    demand(value >= 0 && value <= most, "counts are within limits");
  within(length(space), TABLE_LIMITS.memory);
  within(constants, space);
  within(blocks, constants);
  within(instructions, TABLE_LIMITS.instructions);
  within(outputCount - 1, TABLE_LIMITS.outputs - 1);
  within(labelCount, TABLE_LIMITS.labels);
  let end = HEADER;
  /** The next section of so many words. */
  const section = (words: number): readonly [from: number, to: number] => {
    within(words, size >> 2);
    end += words;
    return [end - words, end];
  };
  const [ends] = section(END * (1 + outputCount));
  const blockRange = section(blockWords);
  const wordRange = section(wordCount);
  const programRange = section(programWords);
  within(textBytes, size);
  const [text] = section((textBytes + 3) >> 2);
  demand(4 * end === size, "sections fill the file");

  const memory = new Float32Array(space);
  readConstants(
    file.subarray(...blockRange),
    floats.subarray(...blockRange),
    blocks,
    memory.subarray(0, constants),
  );
  const strings = readStrings(copy.subarray(4 * text, 4 * text + textBytes), 1 + outputCount + labelCount);
  for (let at = 4 * text + textBytes; at < size; at++) demand(copy[at] === 0, "padding is 0");

  let work = 0;
  let taken = space;
  const program: Program = {
    memory,
    constants,
    words: file.subarray(...wordRange),
    work(steps) {
      work += steps;
      demand(work <= TABLE_LIMITS.work, "a run is within limits");
    },
    scratch(count) {
      taken += count;
      demand(taken <= TABLE_LIMITS.memory, "memory is within limits");
    },
  };
  const steps: Step[] = [];
  let at = programRange[0];
  for (let k = 0; k < instructions; k++) {
    demand(at < programRange[1], "instructions are complete");
    const code = file[at] & 0xffff;
    const operator = BY_CODE[code];
    if (operator === undefined) throw tableError("MODEL_MALFORMED", `operator ${code} is not known`);
    const from = at + 1;
    at = from + operator.words;
    demand(file[from - 1] >>> 16 === operator.words && at <= programRange[1], "instructions are complete");
    steps.push(operator.compile(program, file.subarray(from, at), floats.subarray(from, at)));
  }
  demand(at === programRange[1], "instructions fill their section");

  const places: number[] = [];
  const sizes: number[] = [];
  const readEnd = (index: number): TableEnd => {
    const [offset, rank, ...rest] = file.subarray(ends + END * index, ends + END * (index + 1));
    within(rank, TABLE_LIMITS.rank);
    const dims = rest.slice(0, rank);
    let count = 1;
    for (const dim of rest) count *= length(dim);
    for (const dim of rest.slice(rank)) demand(dim === 1, "lengths beyond the rank are 1");
    runOf(program, offset, count);
    demand(index > 0 || offset >= constants, "constants are not written");
    places.push(offset);
    sizes.push(count);
    return Object.freeze({ name: strings[index], dims: Object.freeze(dims) });
  };
  const input = readEnd(0);
  const outputs: TableEnd[] = [];
  for (let index = 1; index <= outputCount; index++) outputs.push(readEnd(index));

  const read = (index: number, output?: Float32Array): Float32Array => {
    const count = sizes[index + 1];
    const from = places[index + 1];
    if (!(index >= 0) || count === undefined || (output !== undefined && output.length !== count))
      throw tableError("ARGUMENT_INVALID", `there is no output ${index} of so many values`);
    if (output === undefined) return memory.slice(from, from + count);
    for (let k = 0; k < count; k++) output[k] = memory[from + k];
    return output;
  };
  return Object.freeze({
    format: TABLE_VERSION,
    input,
    output: outputs[0],
    outputs: Object.freeze(outputs),
    labels: Object.freeze(strings.slice(1 + outputCount)),
    run(values: Float32Array, output?: Float32Array): Float32Array {
      if (values.length !== sizes[0])
        throw tableError("ARGUMENT_INVALID", `the input has ${sizes[0]} values, not ${values.length}`);
      memory.set(values, places[0]);
      for (let k = 0; k < steps.length; k++) steps[k]();
      return read(0, output);
    },
    read,
  });
}
