import {
  valuesOf,
  type ElementType,
  type Feed,
  type OnnxModel,
  type RuntimeTensor,
  type ValueInfo,
} from "@tideline/graph";
import { tidelineError } from "@tideline/spec";

/** Values of an input, row-major: numbers, or texts where "" is a missing one. */
export type RowValues = ArrayLike<number> | readonly string[];

/** Rows for a model, by input. */
export interface ModelRows {
  readonly count: number;
  readonly inputs: Readonly<Record<string, RowValues>>;
}

/** An input of a model as rows fill it. */
export interface RowInput {
  readonly name: string;
  readonly elementType: ElementType;
  /** Shape of one row, without the batch. */
  readonly dims: readonly number[];
  /** Values of one row. */
  readonly width: number;
  /** Whether the first axis counts rows; otherwise each row is a run of its own. */
  readonly open: boolean;
}

/** Inputs of a graph that are no constants. */
export function givenInputs({ graph }: OnnxModel): readonly ValueInfo[] {
  const constant = new Set(graph.initializers.map(({ name }) => name));
  return graph.inputs.filter(({ name }) => !constant.has(name));
}

/**
 * The inputs of a model, row by row.
 *
 * @throws `ARGUMENT_INVALID` where a length besides the batch is only named.
 */
export function rowInputs(model: OnnxModel): readonly RowInput[] {
  return givenInputs(model).map(({ name, elementType, dims }) => {
    const open = typeof dims[0] === "string";
    const row = open ? dims.slice(1) : dims;
    const unknown = row.find((dim) => typeof dim !== "number");
    if (unknown !== undefined)
      throw tidelineError("ARGUMENT_INVALID", {
        who: `model "${model.graph.name}"`,
        field: `input "${name}"`,
        expected: "lengths that are known, but for the first",
        received: `[${dims.join(", ")}]`,
        remedy: `Say how long it is: tideline import MODEL --length ${unknown}=128 --out FILE, or bindDims in code.`,
      });
    const known = row as readonly number[];
    return { name, elementType, dims: known, width: known.reduce((product, dim) => product * dim, 1), open };
  });
}

/**
 * Whether an output of a model counts no rows, as a constant does or a mean over all rows: what belongs to a row is then known of a
 * run of that row alone.
 */
export const isRowAlone = ({ graph }: OnnxModel): boolean =>
  graph.outputs.some(({ dims }) => typeof dims[0] !== "string");

/** Refuses rows that do not fill a model's inputs. @throws `ARGUMENT_INVALID` */
export function checkRows(who: string, inputs: readonly RowInput[], rows: ModelRows): void {
  const refuse = (field: string, expected: string, received: string): never => {
    throw tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  };
  if (!Number.isSafeInteger(rows.count) || rows.count < 1)
    refuse("count", "at least 1 row", String(rows.count));
  const stranger = Object.keys(rows.inputs).find((name) => !inputs.some((input) => input.name === name));
  if (stranger !== undefined) refuse("inputs", inputs.map(({ name }) => name).join(", "), stranger);
  for (const { name, width, elementType } of inputs) {
    const values = Object.hasOwn(rows.inputs, name) ? rows.inputs[name]! : refuse(name, "values", "none");
    if (values.length !== rows.count * width)
      refuse(name, `${rows.count} rows of ${width} values`, `${values.length} values`);
    const isText = values.length > 0 && typeof values[0] === "string";
    if (isText !== (elementType === "string"))
      refuse(name, elementType === "string" ? "texts" : "numbers", isText ? "texts" : "numbers");
  }
}

/** Some rows of all; typed arrays are looked into, not copied. */
export function sliceRows(inputs: readonly RowInput[], rows: ModelRows, from: number, to: number): ModelRows {
  const end = Math.min(to, rows.count);
  const part = (values: RowValues, width: number): RowValues =>
    values instanceof Float32Array
      ? values.subarray(from * width, end * width)
      : (Array.prototype.slice.call(values, from * width, end * width) as number[] | string[]);
  return {
    count: end - from,
    inputs: Object.fromEntries(inputs.map(({ name, width }) => [name, part(rows.inputs[name]!, width)])),
  };
}

/** Rows behind each other. */
export function joinRows(inputs: readonly RowInput[], parts: readonly ModelRows[]): ModelRows {
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    inputs: Object.fromEntries(
      inputs.map(({ name, elementType }) => {
        const all = parts.flatMap(({ inputs: given }) => Array.from(given[name] as ArrayLike<number>));
        return [name, elementType === "float32" ? Float32Array.from(all) : all];
      }),
    ),
  };
}

/** Numbers as a tensor of an element type holds them. */
export function tensorOf(
  elementType: ElementType,
  dims: readonly number[],
  numbers: ArrayLike<number>,
): RuntimeTensor {
  const values =
    elementType === "float32" && numbers instanceof Float32Array
      ? numbers
      : valuesOf(elementType, Array.from(numbers));
  return { elementType, dims, values };
}

/** Rows as the feeds of one run: `[rows, ...]`, or one row where the batch is fixed. */
export function feedsOf(
  inputs: readonly RowInput[],
  rows: ModelRows,
): Readonly<Record<string, RuntimeTensor>> {
  return Object.fromEntries(
    inputs.map(({ name, elementType, dims, open }) => [
      name,
      tensorOf(elementType, open ? [rows.count, ...dims] : dims, rows.inputs[name] as ArrayLike<number>),
    ]),
  );
}

/** Rows as the interpreter takes them: what each element type holds, in double precision. */
export function interpreterFeeds(
  inputs: readonly RowInput[],
  rows: ModelRows,
): Readonly<Record<string, Feed>> {
  return Object.fromEntries(
    Object.entries(feedsOf(inputs, rows)).map(([name, { dims, values }]) => [
      name,
      { dims, values: Float64Array.from(values as ArrayLike<number | bigint>, Number) },
    ]),
  );
}
