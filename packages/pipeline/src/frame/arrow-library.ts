import { tidelineError } from "@tideline/spec/error";

/** A type of Arrow's JavaScript library, as far as frames need it. */
export interface ArrowType {
  readonly typeId: number;
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
  readonly precision?: number;
  readonly unit?: number;
  readonly listSize?: number;
  readonly dictionary?: ArrowType;
  readonly children?: readonly { readonly name: string; readonly type: ArrowType }[];
}

/** The buffers of an array. */
export interface ArrowData {
  readonly type: ArrowType;
  readonly length: number;
  readonly offset: number;
  readonly nullCount: number;
  readonly values: ArrayBufferView & ArrayLike<number | bigint>;
  readonly valueOffsets: Int32Array | BigInt64Array;
  readonly nullBitmap: Uint8Array | undefined;
  readonly children: readonly ArrowData[];
  readonly dictionary?: { get(at: number): string | null; readonly length: number };
}

/** Rows of Arrow. */
export interface ArrowBatch {
  readonly numRows: number;
  readonly data: ArrowData;
}

/** A schema of Arrow. */
export interface ArrowSchema {
  readonly fields: readonly { readonly name: string; readonly type: ArrowType }[];
  readonly metadata: ReadonlyMap<string, string>;
}

interface ArrowReader extends AsyncIterable<ArrowBatch> {
  readonly schema: ArrowSchema;
  open(): Promise<ArrowReader>;
  cancel(): Promise<void>;
}

interface ArrowWriter {
  write(batch: ArrowBatch): void;
  finish(): unknown;
  close(): unknown;
  reset(sink: undefined, schema: ArrowSchema): ArrowWriter;
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array>;
}

type Make<Given extends readonly unknown[], Made> = new (...given: Given) => Made;

/** What frames use of the package `apache-arrow`. */
export interface ArrowLibrary {
  readonly RecordBatchReader: { from(source: unknown): Promise<ArrowReader> };
  readonly RecordBatchFileWriter: Make<[], ArrowWriter>;
  readonly RecordBatchStreamWriter: Make<[], ArrowWriter>;
  readonly RecordBatch: Make<[ArrowSchema, ArrowData], ArrowBatch>;
  readonly Vector: Make<[readonly ArrowData[]], { get(row: number): string | null }>;
  readonly Schema: Make<[readonly unknown[], Map<string, string>], ArrowSchema>;
  readonly Field: Make<[string, ArrowType, boolean], { readonly name: string; readonly type: ArrowType }>;
  readonly Struct: Make<[readonly unknown[]], ArrowType>;
  readonly Int: Make<[boolean, number], ArrowType>;
  readonly Float: Make<[number], ArrowType>;
  readonly Bool: Make<[], ArrowType>;
  readonly Utf8: Make<[], ArrowType>;
  readonly Binary: Make<[], ArrowType>;
  readonly TimestampMicrosecond: Make<[string], ArrowType>;
  readonly List: Make<[unknown], ArrowType>;
  readonly FixedSizeList: Make<[number, unknown], ArrowType>;
  makeData(parts: Readonly<Record<string, unknown>>): ArrowData;
}

/**
 * The package `apache-arrow`, which nothing else here needs: who reads or writes Arrow installs it.
 *
 * @throws RUNTIME_UNSUPPORTED where it is not installed.
 */
export async function arrowLibrary(who: string): Promise<ArrowLibrary> {
  const name = "apache-arrow";
  try {
    return (await import(name)) as ArrowLibrary;
  } catch (cause) {
    throw tidelineError("RUNTIME_UNSUPPORTED", {
      who,
      expected: `the package "${name}"`,
      received: "none that can be loaded",
      remedy: `npm install ${name}`,
      cause,
    });
  }
}
