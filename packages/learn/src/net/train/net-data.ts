import { tidelineError } from "@tideline/spec";

/** Numbers of a column; whole ones for token ids and categories. */
export type ColumnValues = Float32Array | Float64Array | Int32Array | BigInt64Array;

/** One input of a net for every row: `values` holds row after row, each of `dims` (the batch is not among them). */
export interface NetColumn {
  readonly dims: readonly number[];
  readonly values: ColumnValues;
}

/** Rows as flat columns. Nothing writes to them. */
export interface NetData {
  readonly rows: number;
  /** By the names of the net's inputs. */
  readonly inputs: Readonly<Record<string, NetColumn>>;
  /** What the loss compares with: class numbers for a cross-entropy, else numbers. */
  readonly target: NetColumn;
  /** [rows], at least 0. Default 1 for each row. */
  readonly weight?: Float32Array | Float64Array;
}

/** What a net wants of an input or target: element type and shape of one row. */
export interface ColumnType {
  readonly elementType: string;
  readonly dims: readonly number[];
  /** Of int64: numbers are 0 up to this, exclusive. Default any. */
  readonly entries?: number;
}

/** Numbers in one row of a shape. */
export function rowWidth(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/**
 * Checks that columns fit a net.
 *
 * @throws NOT_ENOUGH_DATA without rows; ARGUMENT_INVALID for a missing, unknown or misshapen column, or weights that
 *   are illegal or all zero; DATA_MALFORMED for a value that is not finite, naming row and column.
 */
export function checkNetData(
  who: string,
  data: NetData,
  wanted: {
    readonly inputs: readonly (ColumnType & { readonly name: string })[];
    readonly target: ColumnType;
  },
): void {
  if (!Number.isSafeInteger(data.rows) || data.rows < 1)
    throw tidelineError("NOT_ENOUGH_DATA", {
      who,
      field: "rows",
      expected: "at least one row",
      received: String(data.rows),
    });
  const names = wanted.inputs.map(({ name }) => name);
  const stranger = Object.keys(data.inputs).find((name) => !names.includes(name));
  if (stranger !== undefined) throw wrong(who, "inputs", names.join(", "), stranger);
  for (const input of wanted.inputs) {
    const column = Object.hasOwn(data.inputs, input.name) ? data.inputs[input.name] : undefined;
    if (column === undefined) throw wrong(who, `inputs.${input.name}`, "a column", "none");
    checkColumn(who, `inputs.${input.name}`, column, input, data.rows);
  }
  checkColumn(who, "target", data.target, wanted.target, data.rows);
  if (data.weight !== undefined) checkWeight(who, data.weight, data.rows);
}

function checkColumn(who: string, field: string, column: NetColumn, type: ColumnType, rows: number): void {
  if (column.dims.join() !== type.dims.join())
    throw wrong(
      who,
      `${field}.dims`,
      `[${type.dims.join(", ")}] for each row`,
      `[${column.dims.join(", ")}]`,
    );
  const width = rowWidth(type.dims);
  const { values } = column;
  if (values.length !== rows * width)
    throw wrong(
      who,
      `${field}.values`,
      `${rows} x ${width} = ${rows * width} numbers`,
      String(values.length),
    );
  const whole = values instanceof Int32Array || values instanceof BigInt64Array;
  if (type.elementType === "int64") {
    if (!whole)
      throw wrong(who, `${field}.values`, "an Int32Array or BigInt64Array", values.constructor.name);
    if (type.entries !== undefined) checkEntries(who, field, values, width, type.entries);
    return;
  }
  if (values instanceof BigInt64Array)
    throw wrong(who, `${field}.values`, "floating-point numbers", "BigInt64Array");
  if (whole) return;
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(Math.fround(values[at]!))) continue;
    throw tidelineError("DATA_MALFORMED", {
      who,
      field: `${field}, row ${Math.floor(at / width)}, column ${at % width}`,
      expected: "a finite number",
      received: String(values[at]),
      remedy: "Impute, scale (nets compute in float32, which ends at 3.4e38) or drop the row first.",
    });
  }
}

/** @throws ARGUMENT_INVALID naming the first row with a number that is not in 0 .. entries - 1. */
export function checkEntries(
  who: string,
  field: string,
  values: ArrayLike<number | bigint>,
  width: number,
  entries: number,
): void {
  for (let at = 0; at < values.length; at++) {
    const value = Number(values[at]);
    if (value >= 0 && value < entries) continue;
    const column = width === 1 ? "" : `, column ${at % width}`;
    throw wrong(
      who,
      `${field}, row ${Math.floor(at / width)}${column}`,
      `an integer in 0..${entries - 1}`,
      String(values[at]),
    );
  }
}

function checkWeight(who: string, weight: Float32Array | Float64Array, rows: number): void {
  if (weight.length !== rows) throw wrong(who, "weight", `${rows} weights`, String(weight.length));
  let some = false;
  for (const [row, value] of weight.entries()) {
    // What a step is fed is float32.
    const single = Math.fround(value);
    if (!(single >= 0 && single < Infinity))
      throw wrong(who, `weight[${row}]`, "a finite weight of at least 0", String(value));
    if (single > 0) some = true;
  }
  if (!some) throw wrong(who, "weight", "a positive sum in float32", "0");
}

function wrong(who: string, field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}
