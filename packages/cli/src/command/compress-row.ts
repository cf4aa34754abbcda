import type { OnnxModel } from "@tideline/graph";
import type { Rows } from "@tideline/graph/compress";
import { seededRandom, shuffled } from "@tideline/learn";
import { columnNamed, numbersOf, type Frame } from "@tideline/learn/frame";
import { openTable } from "@tideline/pipeline/frame";
import { tidelineError, type TidelineError } from "@tideline/spec";
import { inputColumns, rowNumbers } from "./input-column.ts";
import { sampleRows } from "./sample-rows.ts";

const WHO = "tideline compress";

/** Rows of a batch that runs at once. */
const BATCH = 64;

/** Rows below which neither half says anything. */
const LEAST_ROWS = 20;

/** Rows of a table as a model takes them. */
export interface ModelRows {
  readonly frame: Frame;
  /** The rows at these places, batch by batch. */
  readonly feeds: (places: Int32Array) => readonly Rows[];
}

const wrong = (field: string, expected: string, received: string): TidelineError =>
  tidelineError("ARGUMENT_INVALID", { who: WHO, field, expected, received });

/**
 * Reads a table's rows for a model: each input from the column of its name, from those named `name_...`, or for the only input
 * from all columns of numbers in their order.
 *
 * @param apart columns that are no input, by the flags that name them.
 * @param sample so many rows are taken, at random by a seed; columns of a CSV that are `isText` are read as they are written.
 * @throws ARGUMENT_INVALID, DATA_NOT_FOUND, DATA_MALFORMED, NOT_ENOUGH_DATA
 */
export async function modelRows(
  model: OnnxModel,
  path: string,
  apart: readonly (readonly [flag: string, name: string])[],
  {
    most,
    seed,
    isText,
  }: {
    readonly most: number;
    readonly seed: number;
    readonly isText: (name: string) => boolean;
  },
): Promise<ModelRows> {
  const frame = await sampleRows(await openTable(path, { isText }), most, seed);
  if (frame.rows < LEAST_ROWS)
    throw tidelineError("NOT_ENOUGH_DATA", {
      who: WHO,
      field: path,
      expected: `at least ${LEAST_ROWS} rows, half to calibrate on and half to judge by`,
      received: String(frame.rows),
    });
  // A misspelt label would else be told as an input too many.
  for (const [flag, name] of apart) columnNamed(frame, name, `${WHO} ${flag}`);
  const columns = frame.columns.filter(({ name }) => !apart.some(([, own]) => own === name));
  const initial = new Set(model.graph.initializers.map(({ name }) => name));
  const free = model.graph.inputs.filter(({ name }) => !initial.has(name));
  // A graph that takes one row at a time is given one.
  const batch = free.some(({ dims }) => dims[0] === 1) ? 1 : BATCH;
  const inputs = free.map(({ name, dims, elementType }) => {
    if (elementType === "string")
      throw wrong(`input "${name}"`, "numbers: a model that looks texts up is compressed without", "texts");
    const rest = dims.slice(1);
    if (dims.length === 0 || rest.some((dim) => typeof dim === "string"))
      throw wrong(`input "${name}"`, "a batch of rows of known lengths", `[${dims.join(", ")}]`);
    if (typeof dims[0] === "number" && dims[0] !== 1)
      throw wrong(`input "${name}"`, "a batch of any length, or of one row", `[${dims.join(", ")}]`);
    const width = rest.reduce<number>((product, length) => product * Number(length), 1);
    const isOnly = free.length === 1;
    const parts = inputColumns(`${WHO} --rows`, { name, width, isOnly }, columns);
    return { name, dims: rest.map(Number), width, parts };
  });
  const feeds = (places: Int32Array): readonly Rows[] =>
    Array.from({ length: Math.ceil(places.length / batch) }, (_, at) => {
      const rows = places.subarray(at * batch, (at + 1) * batch);
      return Object.fromEntries(
        inputs.map(({ name, dims, width, parts }) => {
          const values = rowNumbers(parts, rows, new Float64Array(rows.length * width));
          return [name, { dims: [rows.length, ...dims], values }];
        }),
      );
    });
  return { frame, feeds };
}

/** Places of rows in an order that a seed gives, in two halves. */
export function halves(
  rows: number,
  seed: number,
): { readonly calibration: Int32Array; readonly trial: Int32Array } {
  const order = Int32Array.from(
    shuffled(
      seededRandom(seed),
      Array.from({ length: rows }, (_, row) => row),
    ),
  );
  const middle = Math.floor(rows / 2);
  return { calibration: order.slice(0, middle), trial: order.slice(middle) };
}

/** Slices beyond these are too many to read. */
const MOST_SLICES = 12;

/** The places of rows by the value of a column, the most frequent values. */
export function slicesOf(
  frame: Frame,
  name: string,
  places: Int32Array,
): readonly (readonly [value: string, places: Int32Array])[] {
  const column = columnNamed(frame, name, `${WHO} --slice`);
  const numbers = column.kind === "string" ? undefined : numbersOf(column, WHO);
  const valueOf = (row: number): string =>
    column.kind === "string" ? (column.dictionary[column.codes[row]!] ?? "(missing)") : String(numbers![row]);
  const groups = new Map<string, number[]>();
  for (const place of places) {
    const value = valueOf(place);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [place]);
    else group.push(place);
  }
  return [...groups]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, MOST_SLICES)
    .map(([value, rows]) => [`${name} ${value}`, Int32Array.from(rows)] as const);
}
