import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { tidelineError } from "@tideline/spec";

/** What the recordings' `layout.json` says. */
export interface UciLayout {
  /** `[windows, samples, channels]` by part. */
  readonly shapes: Readonly<Record<"train" | "test", readonly [number, number, number]>>;
  readonly channels: readonly string[];
  /** Name of each label, by its number. */
  readonly labels: Readonly<Record<string, string>>;
}

/** One window's row of `meta_train.csv` or `meta_test.csv`. */
export interface UciRow {
  readonly label: number;
  readonly subject: number;
  readonly segment: number;
  readonly position: number;
}

const WHO = "UCI HAR recordings";

/** An error about one file of the recordings. */
export function malformed(file: string, expected: string, received: string, cause?: unknown): Error {
  return tidelineError("DATA_MALFORMED", { who: WHO, field: file, expected, received, cause });
}

/** Bytes of a file; DATA_NOT_FOUND where there is none. */
async function readBytes(folder: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, file));
  } catch (cause) {
    throw tidelineError("DATA_NOT_FOUND", {
      who: WHO,
      field: join(folder, file),
      expected: "a readable file",
      received: (cause as NodeJS.ErrnoException).code ?? "an unreadable one",
      remedy: "Pass the folder that holds layout.json, meta_*.csv and signals_*.f32.gz.",
      cause,
    });
  }
}

/** Reads and checks `layout.json`. */
export async function readLayout(folder: string): Promise<UciLayout> {
  const file = "layout.json";
  const text = (await readBytes(folder, file)).toString("utf8");
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw malformed(file, "JSON", "other content", cause);
  }
  const expect = (field: string, wanted: string, holds: boolean): void => {
    if (!holds) throw malformed(file, `${field} ${wanted}`, JSON.stringify(raw[field]) ?? "nothing");
  };
  expect("dtype", '"float32 little-endian"', raw.dtype === "float32 little-endian");
  expect("sample_rate_hz", "50", raw.sample_rate_hz === 50);
  const isNames = (value: unknown) => Array.isArray(value) && value.every((name) => typeof name === "string");
  expect("channels", "a list of names", isNames(raw.channels));
  const channels = raw.channels as string[];
  const isShape = (shape: unknown) =>
    Array.isArray(shape) &&
    shape.length === 3 &&
    shape.every(Number.isSafeInteger) &&
    shape[2] === channels.length;
  expect("train_shape", "[windows, samples, channels]", isShape(raw.train_shape));
  expect("test_shape", "[windows, samples, channels]", isShape(raw.test_shape));
  expect("labels", "names by number", typeof raw.labels === "object" && raw.labels !== null);
  return {
    shapes: {
      train: raw.train_shape as [number, number, number],
      test: raw.test_shape as [number, number, number],
    },
    channels,
    labels: raw.labels as Record<string, string>,
  };
}

/** Reads `meta_train.csv` or `meta_test.csv`: one row a window, in the order of the signals. */
export async function readRows(folder: string, part: "train" | "test", layout: UciLayout): Promise<UciRow[]> {
  const file = `meta_${part}.csv`;
  const lines = (await readBytes(folder, file)).toString("utf8").trimEnd().split(/\r?\n/);
  const header = "label,subject,segment,position";
  if (lines[0] !== header) throw malformed(file, `the header ${header}`, String(lines[0]).slice(0, 80));
  const [windows] = layout.shapes[part];
  if (lines.length - 1 !== windows) throw malformed(file, `${windows} rows`, `${lines.length - 1}`);
  return lines.slice(1).map((line, index) => {
    const cells = line.split(",");
    if (cells.length !== 4 || !cells.every((cell) => /^\d{1,9}$/.test(cell))) {
      throw malformed(`${file} line ${index + 2}`, "four whole numbers", line.slice(0, 80));
    }
    const [label, subject, segment, position] = cells.map(Number) as [number, number, number, number];
    if (layout.labels[label] === undefined) {
      throw malformed(
        `${file} line ${index + 2}`,
        `a label of ${Object.keys(layout.labels).join(", ")}`,
        `${label}`,
      );
    }
    return { label, subject, segment, position };
  });
}

/** Reads `signals_train.f32.gz` or `signals_test.f32.gz`: `[windows, samples, channels]`, row-major. */
export async function readSignals(
  folder: string,
  part: "train" | "test",
  layout: UciLayout,
): Promise<Float32Array> {
  const file = `signals_${part}.f32.gz`;
  const packed = await readBytes(folder, file);
  let bytes: Buffer;
  try {
    bytes = await promisify(gunzip)(packed);
  } catch (cause) {
    throw malformed(file, "gzip", "other or cut content", cause);
  }
  const [windows, samples, channels] = layout.shapes[part];
  const wanted = windows * samples * channels * 4;
  if (bytes.length !== wanted) throw malformed(file, `${wanted} bytes unpacked`, `${bytes.length}`);
  // A buffer of its own starts at a multiple of 4; little-endian, as every machine that Node runs on.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, wanted / 4);
}
