import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Files of one part: float32 columns, one after the other, and a float64 target for each row. */
export interface PartFiles {
  readonly rows: number;
  readonly x: string;
  readonly y: string;
}

/** What both sides load. */
export interface TreeFiles {
  readonly columns: number;
  /** Columns of categories, given as their numbers from 0. */
  readonly categorical: readonly number[];
  readonly train: PartFiles;
  readonly held: PartFiles;
}

/** Writes columns that arrive one at a time; the first `rows` of each are training rows, the rest are held out. */
export function writeTreeFiles(
  folder: string,
  name: string,
  counts: { readonly train: number; readonly held: number; readonly columns: number },
  categorical: readonly number[],
  fill: (write: (column: Float32Array) => void) => Float64Array,
): TreeFiles {
  const part = (which: string, rows: number): PartFiles => ({
    rows,
    x: join(folder, `${name}-${which}.f32`),
    y: join(folder, `${name}-${which}.f64`),
  });
  const [train, held] = [part("train", counts.train), part("held", counts.held)];
  const [toTrain, toHeld] = [openSync(train.x, "w"), openSync(held.x, "w")];
  const y = fill((column) => {
    writeAll(toTrain, column.subarray(0, counts.train));
    writeAll(toHeld, column.subarray(counts.train));
  });
  closeSync(toTrain);
  closeSync(toHeld);
  for (const [file, values] of [
    [train.y, y.subarray(0, counts.train)],
    [held.y, y.subarray(counts.train)],
  ] as const) {
    const descriptor = openSync(file, "w");
    writeAll(descriptor, values);
    closeSync(descriptor);
  }
  return { columns: counts.columns, categorical, train, held };
}

/** Removes what {@link writeTreeFiles} wrote. */
export function removeTreeFiles({ train, held }: TreeFiles): void {
  for (const { x, y } of [train, held]) for (const file of [x, y]) rmSync(file, { force: true });
}

/** A part in memory: one typed array a column, and its targets. */
export interface LoadedPart {
  readonly columns: readonly Float32Array[];
  readonly y: Float64Array;
}

/** Loads a part. */
export function readPart({ rows, x, y }: PartFiles, columns: number): LoadedPart {
  const descriptor = openSync(x, "r");
  const read = Array.from({ length: columns }, () => readInto(descriptor, new Float32Array(rows)));
  closeSync(descriptor);
  return { columns: read, y: readNumbers(y, rows) };
}

/** `length` numbers of a float64 file. */
export function readNumbers(path: string, length: number): Float64Array {
  const descriptor = openSync(path, "r");
  const values = readInto(descriptor, new Float64Array(length));
  closeSync(descriptor);
  return values;
}

function writeAll(descriptor: number, values: Float32Array | Float64Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}

/** Fills an array from a file: from byte `position` on, or from where the last read ended. @throws Error at its end. */
export function readInto<Values extends Float32Array | Float64Array>(
  descriptor: number,
  values: Values,
  position?: number,
): Values {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < bytes.length;) {
    const read = readSync(
      descriptor,
      bytes,
      at,
      bytes.length - at,
      position === undefined ? null : position + at,
    );
    if (read === 0) throw new Error(`a file of columns ends after ${at} of ${bytes.length} bytes`);
    at += read;
  }
  return values;
}
