import { open, type FileHandle } from "node:fs/promises";
import { isMissing, timeText, type Column, type Frame } from "@tideline/learn/frame";
import { QUARANTINE_COLUMNS } from "@tideline/learn/check";
import { canonicalJson } from "@tideline/spec";
import { MOST_TIME } from "../frame/written-time.ts";

/** A row in quarantine: a line of JSON. */
export interface QuarantineLine {
  /** The step that took it out. */
  readonly step: string;
  readonly part?: string;
  /** Why, every reason: `age: range; city: oneOf`, or what the reader said. */
  readonly reason: string;
  /** Its place among the rows that could be read, from 0. */
  readonly row?: number;
  /** For what could not be read: where it stands, and its text. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: string;
  readonly text?: string;
  /** The row as it came to the step; missing values are null. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Elements of a value that are written. */
const MOST = 1000;
const TEXT = 2 ** 20;

/** Writes lines of JSON to a file, in blocks. */
export interface LineWriter {
  add(line: QuarantineLine): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file for lines. */
export async function lineWriter(path: string): Promise<LineWriter> {
  const file: FileHandle = await open(path, "wx", 0o600);
  let text = "";
  const flush = async (): Promise<void> => {
    const block = text;
    text = "";
    if (block !== "") await file.appendFile(block);
  };
  return {
    async add(line) {
      text += `${canonicalJson(line)}\n`;
      if (text.length >= TEXT) await flush();
    },
    async close() {
      try {
        await flush();
      } finally {
        await file.close();
      }
    },
  };
}

/** The lines of rows that a check took out, which have the columns of a quarantine. */
export function* quarantineLines(
  step: string,
  part: string | undefined,
  bad: Frame,
): Generator<QuarantineLine> {
  const [reasons, places] = QUARANTINE_COLUMNS.map((name) =>
    bad.columns.find((column) => column.name === name)!,
  );
  const own = bad.columns.filter(({ name }) => !(QUARANTINE_COLUMNS as readonly string[]).includes(name));
  for (let row = 0; row < bad.rows; row++) {
    const values = Object.fromEntries(own.map((column) => [column.name, valueAt(column, row)]));
    yield {
      step,
      ...(part === undefined ? {} : { part }),
      reason: String(valueAt(reasons!, row)),
      row: Number(valueAt(places!, row)),
      values,
    };
  }
}

/** A value as JSON: times in ISO 8601, bytes in base64, what JSON has not as text; at most 1,000 elements of it. */
function valueAt(column: Column, row: number): unknown {
  if (isMissing(column, row)) return null;
  switch (column.kind) {
    case "string":
      return column.dictionary[column.codes[row]!]!;
    case "boolean":
      return column.values[row] === 1;
    case "time":
      return Math.abs(column.values[row]!) <= MOST_TIME
        ? timeText(column.values[row]!)
        : String(column.values[row]);
    case "float":
    case "integer":
      return numberValue(column.values[row]!);
    case "vector": {
      const from = row * column.width;
      return Array.from(column.values.subarray(from, from + Math.min(column.width, MOST)), numberValue);
    }
    case "series":
    case "bytes": {
      const from = column.offsets[row]!;
      const part = column.values.subarray(from, Math.min(column.offsets[row + 1]!, from + MOST));
      if (column.kind === "bytes") return Buffer.from(part as Uint8Array).toString("base64");
      return Array.from(part as ArrayLike<number>, numberValue);
    }
  }
}

function numberValue(value: number | bigint): number | string {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return Number.isFinite(value) ? value : String(value);
}
