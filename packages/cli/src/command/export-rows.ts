import type { OnnxModel } from "@tideline/graph";
import { numbersOf, type Column, type Frame } from "@tideline/learn/frame";
import { rowInputs, type ModelRows, type RowInput, type RowValues } from "@tideline/pipeline";
import { openTable } from "@tideline/pipeline/frame";
import { tidelineError } from "@tideline/spec";

/** Rows that are read at most: more say no more of how far runtimes are apart, and take minutes. */
const MOST_ROWS = 2000;

const WHO = "tideline export --rows";

/** Rows of a file, as a model takes them. */
export interface FileRows {
  readonly rows: ModelRows;
  /** Classes by number, or numbers. */
  readonly labels?: Float64Array;
}

/** A column's texts, "" where a row is missing. */
function textsOf(column: Column): readonly string[] {
  if (column.kind === "string")
    return Array.from(column.codes, (code) => (code < 0 ? "" : column.dictionary[code]!));
  return Array.from(numbersOf(column, WHO), (value) => (Number.isNaN(value) ? "" : String(value)));
}

/** Which columns an input is filled from: its own, those of its name with a number, or all where there is one input. */
function columnsFor(input: RowInput, columns: readonly Column[], isOnly: boolean): readonly Column[] {
  const own = columns.filter(({ name }) => name === input.name);
  if (own.length === 1) return own;
  const numbered = columns.filter(({ name }) => name.startsWith(`${input.name}_`));
  const from = numbered.length > 0 ? numbered : isOnly ? columns : [];
  const widths = from.map((column) => (column.kind === "vector" ? column.width : 1));
  if (widths.reduce((sum, width) => sum + width, 0) === input.width) return from;
  throw tidelineError("ARGUMENT_INVALID", {
    who: WHO,
    field: `input "${input.name}"`,
    expected: `a column ${input.name}, or ${input.width} columns of numbers${isOnly ? "" : ` ${input.name}_...`}`,
    received: columns.map(({ name }) => name).join(", "),
  });
}

function valuesFor(input: RowInput, columns: readonly Column[], rows: number): RowValues {
  if (input.elementType === "string") return textsOf(columns[0]!);
  const parts = columns.map((column) => numbersOf(column, WHO));
  const widths = parts.map((part) => part.length / rows);
  const values = new Float32Array(rows * input.width);
  const exact = new Float64Array(input.elementType === "float32" ? 0 : rows * input.width);
  const out = input.elementType === "float32" ? values : exact;
  let column = 0;
  for (const [at, part] of parts.entries()) {
    const width = widths[at]!;
    for (let row = 0; row < rows; row += 1)
      for (let own = 0; own < width; own += 1)
        out[row * input.width + column + own] = part[row * width + own]!;
    column += width;
  }
  if (column !== input.width)
    throw tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field: `input "${input.name}"`,
      expected: `${input.width} numbers a row`,
      received: String(column),
    });
  return out;
}

/** Labels as numbers: places among the classes, or the numbers that they are. */
function labelsOf(column: Column, classes: readonly string[] | undefined): Float64Array {
  if (classes === undefined && column.kind !== "string") return Float64Array.from(numbersOf(column, WHO));
  const known = classes ?? [];
  return Float64Array.from(textsOf(column), (text) => {
    const at = known.indexOf(text);
    if (at >= 0) return at;
    throw tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field: `--label ${column.name}`,
      expected: `one of the classes ${known.join(", ") || "of --classes"}`,
      received: text === "" ? "a missing one" : text.slice(0, 40),
    });
  });
}

/**
 * The first rows of a table as inputs of a model, with their labels.
 *
 * @throws ARGUMENT_INVALID where columns do not fill the inputs, DATA_NOT_FOUND, DATA_MALFORMED
 */
export async function readModelRows(
  path: string,
  model: OnnxModel,
  {
    label,
    classes,
  }: { readonly label?: string | undefined; readonly classes?: readonly string[] | undefined },
): Promise<FileRows> {
  const source = await openTable(path);
  const frames: Frame[] = [];
  let count = 0;
  for await (const piece of source.read()) {
    frames.push(piece);
    count += piece.rows;
    if (count >= MOST_ROWS) break;
  }
  const inputs = rowInputs(model);
  const parts = frames
    .filter(({ rows }) => rows > 0)
    .map(({ rows, columns }) => {
      const target = columns.find(({ name }) => name === label);
      if (label !== undefined && target === undefined)
        throw tidelineError("ARGUMENT_INVALID", {
          who: WHO,
          field: "--label",
          expected: columns.map(({ name }) => name).join(", "),
          received: label,
        });
      const given = columns.filter((column) => column !== target);
      const values = inputs.map(
        (input) => [input, valuesFor(input, columnsFor(input, given, inputs.length === 1), rows)] as const,
      );
      return { rows, values, labels: target === undefined ? undefined : labelsOf(target, classes) };
    });
  const total = Math.min(MOST_ROWS, count);
  if (total === 0)
    throw tidelineError("NOT_ENOUGH_DATA", { who: WHO, field: path, expected: "rows", received: "none" });
  const joined = inputs.map(({ name, width, elementType }, at) => {
    const all = parts.map(({ values }) => values[at]![1]);
    if (elementType === "string") return [name, (all as string[][]).flat().slice(0, total * width)] as const;
    const out = elementType === "float32" ? new Float32Array(total * width) : new Float64Array(total * width);
    let from = 0;
    for (const part of all as ArrayLike<number>[])
      for (let index = 0; index < part.length && from < out.length; index += 1) out[from++] = part[index]!;
    return [name, out] as const;
  });
  const labels = parts.flatMap(({ labels: own }) => (own === undefined ? [] : [...own])).slice(0, total);
  return {
    rows: { count: total, inputs: Object.fromEntries(joined) },
    ...(label !== undefined && { labels: Float64Array.from(labels) }),
  };
}
