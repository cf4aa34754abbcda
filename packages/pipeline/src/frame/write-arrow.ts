import { open } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { emptyFrame, isMissing, type Column, type Frame, type FrameSource } from "@tideline/learn/frame";
import { arrowLibrary, type ArrowData, type ArrowLibrary, type ArrowType } from "./arrow-library.ts";
import { needKnown, type FieldsOf } from "../known-field.ts";
import { writeAtomically } from "./atomic-file.ts";
import { SCHEMA_KEY, schemaText } from "./schema-text.ts";
import { asSource, type Written } from "./write-lines.ts";
import { writtenTime } from "./written-time.ts";

/** Options of {@link writeArrow}. */
export interface WriteArrowOptions {
  /** `"file"` (Feather 2), which can be read from anywhere, or `"stream"`. Default `"file"`. */
  readonly format?: "file" | "stream";
}

/**
 * Writes frames to a file of Arrow's IPC format, a batch a piece, uncompressed, whole or not at all. Times are
 * microseconds in UTC, vectors fixed-size lists. Every piece must have the types of the first.
 *
 * @throws RUNTIME_UNSUPPORTED without the package `apache-arrow`; ARGUMENT_INVALID for a path at which no file can be
 *   written; DISK_FULL, FSYNC_FAILED, and what the source throws.
 */
export async function writeArrow(
  path: string,
  rows: Frame | FrameSource,
  options: WriteArrowOptions = {},
): Promise<Written> {
  needKnown("writeArrow", undefined, options, { format: true } satisfies FieldsOf<WriteArrowOptions>);
  const { format = "file" } = options;
  const arrow = await arrowLibrary("writeArrow");
  const source = asSource("writeArrow", rows);
  return writeAtomically("writeArrow", path, async (temporary) => {
    const writer =
      format === "file" ? new arrow.RecordBatchFileWriter() : new arrow.RecordBatchStreamWriter();
    const file = await open(temporary, "wx", 0o666);
    const metadata = new Map([[SCHEMA_KEY, schemaText(source.schema)]]);
    let count = 0;
    let schema: InstanceType<ArrowLibrary["Schema"]> | undefined;
    const write = (piece: Frame): void => {
      const data = piece.columns.map((column) => dataOf(arrow, column, piece.rows));
      const fields = data.map(({ type }, at) => new arrow.Field(piece.columns[at]!.name, type, true));
      schema ??= new arrow.Schema(fields, metadata);
      const type = new arrow.Struct(schema.fields);
      const struct = arrow.makeData({ type, length: piece.rows, nullCount: 0, children: data });
      writer.write(new arrow.RecordBatch(schema, struct));
      count += piece.rows;
    };
    try {
      const bytes = writer[Symbol.asyncIterator]();
      let next = bytes.next();
      // What the writer has made is in memory: it comes before the next turn of the event loop, or not yet.
      const drain = async (): Promise<void> => {
        for (;;) {
          const made = await Promise.race([next, setImmediate(undefined)]);
          if (made === undefined || made.done === true) return;
          await file.appendFile(made.value);
          next = bytes.next();
        }
      };
      for await (const piece of source.read()) {
        write(piece);
        await drain();
      }
      if (schema === undefined) write(emptyFrame(source.schema));
      writer.finish();
      writer.close();
      await drain();
      return { rows: count };
    } finally {
      await file.close();
    }
  });
}

function dataOf(arrow: ArrowLibrary, column: Column, rows: number): ArrowData {
  const nulls = bitmapOf(column, rows);
  const data = (type: ArrowType, parts: Readonly<Record<string, unknown>>): ArrowData =>
    arrow.makeData({ type, length: rows, ...nulls, ...parts });
  const child = (values: Float32Array | Float64Array | Int32Array): ArrowData => {
    const type = values instanceof Int32Array ? new arrow.Int(true, 32) : floatType(arrow, values);
    return arrow.makeData({ type, length: values.length, nullCount: 0, data: values });
  };
  switch (column.kind) {
    case "float":
      return data(floatType(arrow, column.values), { data: column.values });
    case "integer": {
      const { values } = column;
      const signed = /^(?:Big)?Int/u.test(values.constructor.name);
      return data(new arrow.Int(signed, values.BYTES_PER_ELEMENT * 8), { data: values });
    }
    case "boolean": {
      const bits = new Uint8Array(Math.ceil(rows / 8));
      for (let row = 0; row < rows; row++) if (column.values[row] === 1) bits[row >> 3]! |= 1 << (row & 7);
      return data(new arrow.Bool(), { data: bits });
    }
    case "time": {
      const values = new BigInt64Array(rows);
      for (let row = 0; row < rows; row++)
        if (!Number.isNaN(column.values[row]))
          values[row] = BigInt(Math.trunc(writtenTime(column.name, column.values[row]!)));
      return data(new arrow.TimestampMicrosecond("UTC"), { data: values });
    }
    case "string": {
      const texts = column.dictionary.map((text) => Buffer.from(text));
      const offsets = new Int32Array(rows + 1);
      for (let row = 0; row < rows; row++)
        offsets[row + 1] = offsets[row]! + (column.codes[row]! < 0 ? 0 : texts[column.codes[row]!]!.length);
      const values = new Uint8Array(offsets[rows]!);
      for (let row = 0; row < rows; row++)
        if (column.codes[row]! >= 0) values.set(texts[column.codes[row]!]!, offsets[row]);
      return data(new arrow.Utf8(), { valueOffsets: offsets, data: values });
    }
    case "vector": {
      const own = child(column.values);
      return data(new arrow.FixedSizeList(column.width, new arrow.Field("item", own.type, true)), {
        child: own,
      });
    }
    case "series": {
      const own = child(column.values.subarray(0, column.offsets[rows]));
      return data(new arrow.List(new arrow.Field("item", own.type, true)), {
        valueOffsets: column.offsets,
        child: own,
      });
    }
    case "bytes":
      return data(new arrow.Binary(), { valueOffsets: column.offsets, data: column.values });
  }
}

const floatType = (arrow: ArrowLibrary, values: Float32Array | Float64Array): ArrowType =>
  new arrow.Float(values instanceof Float32Array ? 1 : 2);

function bitmapOf(
  column: Column,
  rows: number,
): { readonly nullCount: number; readonly nullBitmap?: Uint8Array } {
  const bits = new Uint8Array(Math.ceil(rows / 8));
  let nullCount = 0;
  for (let row = 0; row < rows; row++) {
    if (isMissing(column, row)) nullCount++;
    else bits[row >> 3]! |= 1 << (row & 7);
  }
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: bits };
}
