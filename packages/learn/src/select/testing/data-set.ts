import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { matrix, type Matrix } from "../../matrix.ts";
import type { Labels } from "../../transform/transform-def.ts";

/** A public data set as columns of numbers, in the form of `scripts/vectors-prepare-select.py`. */
export interface DataSet {
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly values: Float64Array }[];
  readonly labels: Labels;
}

/** The columns of a data set beside each other. */
export function matrixOfDataSet(data: DataSet): Matrix {
  const values = new Float64Array(data.rows * data.columns.length);
  for (const [j, column] of data.columns.entries())
    for (let i = 0; i < data.rows; i++) values[i * data.columns.length + j] = column.values[i]!;
  return matrix(data.rows, data.columns.length, values);
}

/** The folder of a data set: beside that of TIDELINE_DATA, or in shared/data beside the repository. */
export function dataFolder(name: string): string | undefined {
  const root = fileURLToPath(new URL("../../../../../", import.meta.url));
  const beside = process.env["TIDELINE_DATA"];
  const parents = [
    ...(beside === undefined ? [] : [dirname(beside)]),
    join(root, "../shared/data"),
    join(root, "shared/data"),
  ];
  return parents.map((parent) => join(parent, name)).find((folder) => existsSync(folder));
}

type Fields = readonly (readonly string[])[];

function lines(folder: string, file: string, separator: string): Fields {
  const text = gunzipSync(readFileSync(join(folder, file))).toString("utf8");
  return text
    .split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("|"))
    .map((line) => line.split(separator).map((field) => field.trim()));
}

function numeric(name: string, fields: Fields, at: number) {
  return { name, values: Float64Array.from(fields, (row) => Number(row[at])) };
}

function oneHot(name: string, fields: Fields, at: number) {
  const values = [...new Set(fields.map((row) => row[at]!))].sort();
  return values.map((value) => ({
    name: `${name}=${value}`,
    values: Float64Array.from(fields, (row) => +(row[at] === value)),
  }));
}

function classes(labels: readonly number[], count: number): Labels {
  return {
    kind: "classes",
    y: Int32Array.from(labels),
    classes: Array.from({ length: count }, (_, k) => `${k}`),
  };
}

const ADULT =
  "age workclass fnlwgt education education-num marital-status occupation relationship race sex capital-gain capital-loss hours-per-week native-country";

function adult(folder: string): DataSet {
  const fields = lines(folder, "adult.data.gz", ",");
  const columns = ADULT.split(" ").flatMap((name, at) =>
    fields.every((row) => Number.isFinite(Number(row[at])))
      ? [numeric(name, fields, at)]
      : oneHot(name, fields, at),
  );
  const y = fields.map((row) => +(row.at(-1) === ">50K"));
  return { rows: fields.length, columns, labels: classes(y, 2) };
}

function shoppers(folder: string): DataSet {
  const [head, ...fields] = lines(folder, "online_shoppers_intention.csv.gz", ",");
  const columns = head!.slice(0, -1).flatMap((name, at) => {
    if (name === "Month" || name === "VisitorType") return oneHot(name, fields, at);
    if (name !== "Weekend") return [numeric(name, fields, at)];
    return [{ name, values: Float64Array.from(fields, (row) => +(row[at] === "TRUE")) }];
  });
  const y = fields.map((row) => +(row.at(-1) === "TRUE"));
  return { rows: fields.length, columns, labels: classes(y, 2) };
}

function digits(folder: string): DataSet {
  const fields = lines(folder, "optdigits.tra.gz", ",");
  const columns = Array.from({ length: 64 }, (_, at) => numeric(`p${at}`, fields, at));
  return {
    rows: fields.length,
    columns,
    labels: classes(
      fields.map((row) => Number(row[64])),
      10,
    ),
  };
}

const STEPS = 128;
const CHANNELS = 9;

function har(folder: string): DataSet {
  const bytes = gunzipSync(readFileSync(join(folder, "signals_train.f32.gz")));
  const signals = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const [, ...meta] = readFileSync(join(folder, "meta_train.csv"), "utf8").trim().split(/\r?\n/);
  const rows = meta.length;
  const names = ["mean", "std", "min", "max", "size", "step"];
  const columns = names.flatMap((part) =>
    Array.from({ length: CHANNELS }, (_, at) => ({ name: `${part}${at}`, values: new Float64Array(rows) })),
  );
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      const at = (step: number) => signals[(row * STEPS + step) * CHANNELS + channel]!;
      let [sum, size, low, high, moved, squares] = [0, 0, Infinity, -Infinity, 0, 0];
      for (let step = 0; step < STEPS; step++) {
        const value = at(step);
        sum += value;
        size += Math.abs(value);
        low = Math.min(low, value);
        high = Math.max(high, value);
        if (step > 0) moved += Math.abs(value - at(step - 1));
      }
      const mean = sum / STEPS;
      for (let step = 0; step < STEPS; step++) squares += (at(step) - mean) ** 2;
      const own = [mean, Math.sqrt(squares / STEPS), low, high, size / STEPS, moved / (STEPS - 1)];
      for (const [part, value] of own.entries()) columns[part * CHANNELS + channel]!.values[row] = value;
    }
  }
  return {
    rows,
    columns,
    labels: classes(
      meta.map((line) => Number(line.split(",")[0]) - 1),
      6,
    ),
  };
}

const LAGS = [1, 2, 3, 48, 96, 336];

function elec(folder: string): DataSet {
  const [head, ...fields] = lines(folder, "elec2.csv.gz", ",");
  const all = head!.slice(0, -1).map((name, at) => numeric(name, fields, at));
  const from = LAGS.at(-1)!;
  const rows = fields.length - from;
  const columns = all
    .filter(({ name }) => name !== "nswprice")
    .map(({ name, values }) => ({ name, values: values.slice(from) }));
  for (const name of ["nswprice", "nswdemand", "vicprice", "vicdemand"]) {
    const { values } = all.find((column) => column.name === name)!;
    for (const lag of LAGS)
      columns.push({ name: `${name}-${lag}`, values: values.slice(from - lag, from - lag + rows) });
  }
  const y = all.find(({ name }) => name === "nswprice")!.values.slice(from);
  return { rows, columns, labels: { kind: "values", y } };
}

/** The data sets by name, in the order of the vectors. */
export const DATA_SETS: Readonly<Record<string, (folder: string) => DataSet>> = {
  adult,
  "online-shoppers": shoppers,
  optdigits: digits,
  "uci-har": har,
  elec2: elec,
};
