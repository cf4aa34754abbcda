import { frame, pickColumns, type Frame, type FrameSchema, type FrameSource } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec/error";
import { needKnown, type FieldsOf } from "../known-field.ts";
import { inferSchema } from "./json-schema.ts";
import { parseLine } from "./json-value.ts";
import { expandFiles } from "./own-engine.ts";
import { TEXT_LENGTH, type OnRejected, type RejectedRow } from "./rejected-row.ts";
import { PIECE_ROWS, pieceRows, sourceOfColumns } from "./source-of-columns.ts";
import { textLines, type TextLine } from "./text-line.ts";
import { valueFill, type ValueFill } from "./value-fill.ts";

/** Options of {@link jsonSource}. */
export interface JsonSourceOptions {
  /** The fields to read. Default: inferred from a sample of the first file. */
  readonly schema?: FrameSchema;
  /** Lines that kinds are inferred from. Default 20,480. */
  readonly sample?: number;
  /** What a field that is not of the schema makes of its row. Default `"reject"`. */
  readonly unknown?: "reject" | "ignore";
  /** Rows of a piece at most. Default 65,536. */
  readonly rows?: number;
  /**
   * Takes the lines that cannot be read (no JSON, no object, a field that comes twice, a value that is not of the column's kind, an unknown field,
   * bytes that are no UTF-8), each with its reason, as they come; the others come through. Default: the first is an error.
   */
  readonly onRejected?: OnRejected;
}

const OPTIONS: FieldsOf<JsonSourceOptions> = {
  schema: true,
  sample: true,
  unknown: true,
  rows: true,
  onRejected: true,
};

/**
 * Files of JSON lines (paths or patterns, plain or `.gz`), an object a line, as a source of frames. A field that is absent or `null` is
 * missing; floats also read `"NaN"`, `"Infinity"`, `"-Infinity"`; integers are exact to 64 bits; times are ISO 8601,
 * bytes base64. Memory is bounded: a piece and the lines of one read.
 *
 * @throws DATA_NOT_FOUND, ARGUMENT_INVALID; while reading DATA_MALFORMED naming file, line and field, unless
 *   `onRejected` takes such rows.
 */
export async function jsonSource(
  paths: string | readonly string[],
  options: JsonSourceOptions = {},
): Promise<FrameSource> {
  needKnown("jsonSource", undefined, options, OPTIONS);
  const { schema, sample = 20_480, unknown = "reject", rows = PIECE_ROWS, onRejected } = options;
  pieceRows("jsonSource", rows);
  if (!Number.isSafeInteger(sample) || sample < 1)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "jsonSource",
      field: "sample",
      expected: "an integer of at least 1",
      received: String(sample),
    });
  if (unknown !== "reject" && unknown !== "ignore")
    throw tidelineError("ARGUMENT_INVALID", {
      who: "jsonSource",
      field: "unknown",
      expected: '"reject" or "ignore"',
      received: JSON.stringify(unknown) ?? typeof unknown,
    });
  const files = await expandFiles("jsonSource", paths);
  const columns = schema ?? (await inferSchema(`jsonSource: ${files[0]}`, files[0]!, sample));
  async function* read(names: readonly string[]): AsyncGenerator<Frame> {
    const fills = columns.map((column) => valueFill(column, rows));
    const piece = (count: number) => pickColumns(frame(fills.map((fill) => fill.piece(count))), names);
    const known = columns.map(({ name }) => name);
    let held = 0;
    for (const file of files) {
      for await (const lines of textLines("jsonSource", file)) {
        const rejected: RejectedRow[] = [];
        for (const line of lines) {
          const fault = takeLine(line, held, known, fills, unknown === "ignore");
          if (fault !== undefined) rejected.push(rejectedRow(file, line, fault, onRejected === undefined));
          else if (++held === rows) {
            yield piece(held);
            held = 0;
          }
        }
        if (rejected.length > 0) await onRejected?.(rejected);
      }
    }
    if (held > 0) yield piece(held);
  }
  return sourceOfColumns(
    columns.map((column) => ({ schema: column, sql: "" })),
    (picked) => read(picked.map(({ schema: { name } }) => name)),
  );
}

interface Fault {
  readonly column?: string;
  readonly reason: string;
}

function takeLine(
  { text, fault }: TextLine,
  row: number,
  names: readonly string[],
  fills: readonly ValueFill[],
  ignore: boolean,
): Fault | undefined {
  const object = text === undefined ? fault! : parseLine(text);
  if (typeof object === "string") return { reason: object };
  let found = 0;
  for (let at = 0; at < names.length; at++) {
    const there = Object.hasOwn(object, names[at]!);
    if (there) found++;
    const reason = fills[at]!.set(row, there ? object[names[at]!] : null);
    if (reason !== undefined) return { column: names[at]!, reason };
  }
  if (ignore) return undefined;
  const keys = Object.keys(object);
  if (keys.length === found) return undefined;
  const surplus = keys.find((key) => !names.includes(key))!;
  return { column: surplus, reason: "a field that is not of the schema" };
}

function rejectedRow(file: string, { line, text }: TextLine, fault: Fault, strict: boolean): RejectedRow {
  if (!strict) return Object.freeze({ file, line, ...fault, text: (text ?? "").slice(0, TEXT_LENGTH) });
  throw tidelineError("DATA_MALFORMED", {
    who: `jsonSource: ${file}`,
    field: `line ${line}${fault.column === undefined ? "" : `, field ${JSON.stringify(fault.column)}`}`,
    received: fault.reason,
    remedy: "Pass onRejected to set such lines aside.",
  });
}
