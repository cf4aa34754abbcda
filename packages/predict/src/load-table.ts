import { tableChecksum } from "./checksum.ts";
import {
  LARGEST,
  MOST_BYTES,
  MOST_INSTRUCTIONS,
  MOST_LABELS,
  MOST_TEXT,
  MOST_WORK,
  TABLE_MAGIC,
  TABLE_VERSION,
} from "./format.ts";
import { demand, tableError } from "./malformed.ts";
import { OPERATORS } from "./op/registry.ts";
import { length, runOf, type Program, type Step } from "./program.ts";
import { readConstants } from "./read-constants.ts";
import type { TableEnd, TableModel } from "./table-model.ts";
import { readStrings } from "./text.ts";

/** Refuses a count that is negative or more than there may be. */
function within(value: number, most: number): void {
  demand(value >= 0 && value <= most, "count");
}

/**
 * Reads a compact model table (docs/format/model-table.md). Everything is checked here, so that a run can neither
 * fail nor reach outside of its memory, and takes no more than `MOST_WORK` steps. The bytes are copied. The host
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
  demand(size >= 64 && size % 4 === 0 && size <= MOST_BYTES, "size");
  // Not `slice`: that of Node's Buffer shares its memory.
  const copy = new Uint8Array(size);
  copy.set(bytes);
  const file = new Int32Array(copy.buffer);
  const floats = new Float32Array(copy.buffer);
  const [magic, version, declared, checksum, space, constants, blocks, blockWords] = file;
  const [wordCount, instructions, programWords, outputCount, labelCount, textBytes, first, second] =
    file.subarray(8);
  demand(magic === TABLE_MAGIC && version === TABLE_VERSION, "version");
  demand(declared === size && checksum >>> 0 === tableChecksum(copy), "checksum");
  demand((first | second) === 0, "reserved words");
  within(constants, length(space));
  within(blocks, constants);
  within(instructions, MOST_INSTRUCTIONS);
  within(outputCount - 1, 15);
  within(labelCount, MOST_LABELS);
  within(textBytes, MOST_TEXT);
  // The sections, from the end of the header on.
  let end = 16;
  const section = (words: number): number => {
    within(words, size);
    end += words;
    return end - words;
  };
  const ends = section(8 + 8 * outputCount);
  const blockStart = section(blockWords);
  const wordStart = section(wordCount);
  const programStart = section(programWords);
  const text = 4 * section((textBytes + 3) >> 2);
  demand(4 * end === size, "sections");

  const memory = new Float32Array(space);
  readConstants(
    file.subarray(blockStart, wordStart),
    floats.subarray(blockStart, wordStart),
    blocks,
    memory.subarray(0, constants),
  );
  const strings = readStrings(copy.subarray(text, text + textBytes), 1 + outputCount + labelCount);
  for (let at = text + textBytes; at < size; at++) demand(copy[at] === 0, "padding");

  let work = 0;
  let taken = space;
  const program: Program = {
    memory,
    constants,
    words: file.subarray(wordStart, programStart),
    spend(steps, scratch = 0) {
      work += steps;
      taken += scratch;
      demand(work <= MOST_WORK && taken <= LARGEST, "limit");
    },
  };
  const steps: Step[] = [];
  let at = programStart;
  for (let k = 0; k < instructions; k++) {
    demand(at < text / 4, "program");
    const operator = OPERATORS[file[at] & 0xffff];
    if (operator === undefined) throw tableError("MODEL_MALFORMED", `unknown operator ${file[at] & 0xffff}`);
    const from = at + 1;
    at = from + operator.words;
    demand(file[from - 1] >>> 16 === operator.words && at <= text / 4, "program");
    steps.push(operator.compile(program, file.subarray(from, at), floats.subarray(from, at)));
  }
  demand(at === text / 4, "program");

  const places: number[] = [];
  const sizes: number[] = [];
  const known = strings.slice(0, 1 + outputCount).map((name, index): TableEnd => {
    const [offset, rank, ...dims] = file.subarray(ends + 8 * index, ends + 8 * index + 8);
    within(rank, 6);
    let count = 1;
    for (let axis = 0; axis < 6; axis++) {
      count *= length(dims[axis]);
      demand(axis < rank || dims[axis] === 1, "rank");
    }
    runOf(program, offset, count);
    demand(index > 0 || offset >= constants, "constant target");
    places.push(offset);
    sizes.push(count);
    return Object.freeze({ name, dims: Object.freeze(dims.slice(0, rank)) });
  });
  const outputs = Object.freeze(known.slice(1));

  const read: TableModel["read"] = (index, output = new Float32Array(sizes[index + 1] || 0)) => {
    if (!outputs[index] || output.length !== sizes[index + 1])
      throw tableError("ARGUMENT_INVALID", `no output ${index} of ${output.length} values`);
    for (let k = 0; k < output.length; k++) output[k] = memory[places[index + 1] + k];
    return output;
  };
  return Object.freeze({
    format: TABLE_VERSION,
    input: known[0],
    output: known[1],
    outputs,
    labels: Object.freeze(strings.slice(1 + outputCount)),
    run(values: Float32Array, output?: Float32Array) {
      if (values.length !== sizes[0])
        throw tableError("ARGUMENT_INVALID", `an input of ${values.length} values, not ${sizes[0]}`);
      memory.set(values, places[0]);
      for (let k = 0; k < steps.length; k++) steps[k]();
      return read(0, output);
    },
    read,
  });
}
