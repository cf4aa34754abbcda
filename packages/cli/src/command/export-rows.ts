import type { OnnxModel } from "@tideline/graph";
import { collectFrame, numbersOf, takeSource, type Column, type Frame } from "@tideline/learn/frame";
import { rowInputs, type ModelRows, type RowInput, type RowValues } from "@tideline/pipeline";
import { openTable } from "@tideline/pipeline/frame";
import { tidelineError } from "@tideline/spec";
import { halves } from "./compress-row.ts";
import { classAt, textsOf } from "./label-class.ts";
import { inputColumns, rowNumbers } from "./input-column.ts";

/** Rows that are read at most: more say no more of how far runtimes are apart, and take minutes. */
const MOST_ROWS = 2000;

/** Rows below which neither half says anything, and rows that calibration takes at most. */
const [LEAST_HALVED, MOST_CALIBRATION] = [20, 256];

const WHO = "tideline export --rows";

/** Rows of a file, as a model takes them. */
export interface FileRows {
  /** Those that files are held against. */
  readonly rows: ModelRows;
  /** Classes by number, or numbers, of `rows`. */
  readonly labels?: Float64Array;
  /** Others, on which ranges of 8 bits are seen: of files of 20 rows and more, where they are asked for. */
  readonly calibration?: ModelRows;
}

/** The column of an input of texts: its own, or the only one. */
function textColumn({ name, width }: RowInput, columns: readonly Column[], isOnly: boolean): Column {
  const found = columns.find((column) => column.name === name) ?? (isOnly ? columns[0] : undefined);
  if (found !== undefined && width === 1) return found;
  throw tidelineError("ARGUMENT_INVALID", {
    who: WHO,
    field: `input "${name}"`,
    expected: width === 1 ? `a column "${name}"` : "one text a row",
    received: columns.map((column) => column.name).join(", "),
  });
}

/** Values of an input at some rows. */
function valuesOf(
  input: RowInput,
  columns: readonly Column[],
  isOnly: boolean,
): (places: Int32Array) => RowValues {
  if (input.elementType === "string") {
    const texts = textsOf(textColumn(input, columns, isOnly), WHO);
    return (places) => Array.from(places, (place) => texts[place]!);
  }
  const { name, width, elementType } = input;
  const parts = inputColumns(WHO, { name, width, isOnly }, columns);
  const Values = elementType === "float32" ? Float32Array : Float64Array;
  return (places) => rowNumbers(parts, places, new Values(places.length * width));
}

/** Labels as numbers: places among the classes, or the numbers that they are. */
function labelsOf(column: Column, classes: readonly string[] | undefined): Float64Array {
  if (classes === undefined && column.kind !== "string") return Float64Array.from(numbersOf(column, WHO));
  const known = classes ?? [];
  return Float64Array.from(textsOf(column, WHO), (text) => {
    const at = classAt(known, text);
    if (at >= 0) return at;
    throw tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field: `--label ${column.name}`,
      expected: `one of the classes ${known.join(", ") || "of --classes"}`,
      received: text === "" ? "a missing one" : text.slice(0, 40),
    });
  });
}

function labelColumn({ columns }: Frame, label: string): Column {
  const target = columns.find(({ name }) => name === label);
  if (target !== undefined) return target;
  throw tidelineError("ARGUMENT_INVALID", {
    who: WHO,
    field: "--label",
    expected: columns.map(({ name }) => name).join(", "),
    received: label,
  });
}

/**
 * The first rows of a table as inputs of a model, with their labels.
 *
 * @param options `seed`: where some calibrate, which half
 * @throws ARGUMENT_INVALID where columns do not fill the inputs, DATA_NOT_FOUND, DATA_MALFORMED
 */
export async function readModelRows(
  path: string,
  model: OnnxModel,
  {
    label,
    classes,
    seed,
  }: {
    readonly label?: string | undefined;
    readonly classes?: readonly string[] | undefined;
    readonly seed?: number | undefined;
  },
): Promise<FileRows> {
  const inputs = rowInputs(model);
  const texts = inputs.filter(({ elementType }) => elementType === "string");
  const isOnlyText = inputs.length === 1 && texts.length === 1;
  const isText = (name: string): boolean =>
    name === label ? classes !== undefined : isOnlyText || texts.some((input) => input.name === name);
  const frame = await collectFrame(takeSource(await openTable(path, { isText }), MOST_ROWS));
  if (frame.rows === 0)
    throw tidelineError("NOT_ENOUGH_DATA", { who: WHO, field: path, expected: "rows", received: "none" });
  const target = label === undefined ? undefined : labelColumn(frame, label);
  const columns = frame.columns.filter((column) => column !== target);
  const values = inputs.map((input) => [input.name, valuesOf(input, columns, inputs.length === 1)] as const);
  const rowsAt = (places: Int32Array): ModelRows => ({
    count: places.length,
    inputs: Object.fromEntries(values.map(([name, of]) => [name, of(places)])),
  });
  const labels = target === undefined ? undefined : labelsOf(target, classes);
  const all = Int32Array.from({ length: frame.rows }, (_, row) => row);
  const isHalved = seed !== undefined && frame.rows >= LEAST_HALVED;
  const { calibration, trial } = isHalved ? halves(frame.rows, seed) : { calibration: null, trial: all };
  return {
    rows: rowsAt(trial),
    ...(labels && { labels: Float64Array.from(trial, (row) => labels[row]!) }),
    ...(calibration && { calibration: rowsAt(calibration.subarray(0, MOST_CALIBRATION)) }),
  };
}
