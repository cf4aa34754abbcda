/** The storage of whole numbers. */
export type IntegerArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Which rows have a value: bit `row & 7` of byte `row >> 3`, as Arrow's validity bitmaps. Absent: every row has one. */
export type Validity = Uint8Array;

/** What a column holds. */
export type ColumnKind = Column["kind"];

/** What every column has. */
interface Named {
  readonly name: string;
}

/** Floating-point numbers. A missing one is NaN, so that the values alone tell. */
export interface FloatColumn extends Named {
  readonly kind: "float";
  /** [rows] */
  readonly values: Float32Array | Float64Array;
  /** As written in definitions: `"m/s2"`, `"rad/s"`, `"deg"`. */
  readonly unit?: string;
}

/** Whole numbers. Where a row is missing its value is 0. */
export interface IntegerColumn extends Named {
  readonly kind: "integer";
  /** [rows] */
  readonly values: IntegerArray;
  readonly validity?: Validity;
  readonly unit?: string;
}

/** Truths. Where a row is missing its value is 0. */
export interface BooleanColumn extends Named {
  readonly kind: "boolean";
  /** [rows], 0 or 1. */
  readonly values: Uint8Array;
  readonly validity?: Validity;
}

/** Texts, each distinct one stored once. */
export interface StringColumn extends Named {
  readonly kind: "string";
  /** [rows], places in `dictionary`; -1 is missing. */
  readonly codes: Int32Array;
  /** Distinct texts; some may be unused. */
  readonly dictionary: readonly string[];
}

/** Instants. */
export interface TimeColumn extends Named {
  readonly kind: "time";
  /** [rows], microseconds since 1970-01-01T00:00:00Z, whole; exact to the year 2255. NaN is missing. */
  readonly values: Float64Array;
}

/** Vectors of one length: positions, embeddings, an image. A missing one is NaN in its first element. */
export interface VectorColumn extends Named {
  readonly kind: "vector";
  /** Elements of a vector, at least 1. */
  readonly width: number;
  /** [rows, width], row-major. */
  readonly values: Float32Array | Float64Array;
  readonly unit?: string;
}

/** Vectors of any length: token ids, samples of a sound. */
export interface SeriesColumn extends Named {
  readonly kind: "series";
  /** [rows + 1], rising, from 0: row `i` is `values.subarray(offsets[i], offsets[i + 1])`. */
  readonly offsets: Int32Array;
  readonly values: Float32Array | Float64Array | Int32Array;
  readonly validity?: Validity;
}

/** Blobs: encoded images, sounds, payloads. */
export interface BytesColumn extends Named {
  readonly kind: "bytes";
  /** [rows + 1], rising, from 0. */
  readonly offsets: Int32Array;
  readonly values: Uint8Array;
  readonly validity?: Validity;
}

/** A column of a {@link Frame}: its values by type, without an object for any row. */
export type Column =
  | FloatColumn
  | IntegerColumn
  | BooleanColumn
  | StringColumn
  | TimeColumn
  | VectorColumn
  | SeriesColumn
  | BytesColumn;

/** What is known of a column before its rows are. */
export interface ColumnSchema {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Of vectors. */
  readonly width?: number;
  readonly unit?: string;
  /** Of what a graph takes: these numbers enter it as float64, because differences of them are taken there. */
  readonly double?: true;
}

/**
 * Columns of equal length, each name once. Frozen; nothing writes to the arrays after construction: whether values are
 * complete and sorted may be known from reading them, and is not looked up anew. Whoever changes values makes other arrays.
 */
export interface Frame {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** The columns of a frame, in order. */
export type FrameSchema = readonly ColumnSchema[];

/** A column whose name in a file is another one's, too, or none: its reader gave it one. */
export interface RenamedColumn {
  readonly name: string;
  /** What the file calls it. */
  readonly written: string;
}

/** Rows in pieces, for what is larger than memory; `read` may be called again for a second pass. */
export interface FrameSource {
  readonly schema: FrameSchema;
  /** How many rows there should be, where that is known before they are read. A hint: those that come count. */
  readonly rowCount?: number;
  /** Columns that have other names than in their file. */
  readonly renamed?: readonly RenamedColumn[];
  /** The rows in order, each piece with the columns of `schema` (or those of `columns`, in that order). */
  read(columns?: readonly string[], options?: SourceReadOptions): AsyncIterable<Frame>;
}

/** How a source is read. */
export interface SourceReadOptions {
  /** Rows of a piece that the reader likes best. Sources that cannot choose read as they do. */
  readonly pieceRows?: number;
  /**
   * Whether a piece is looked at until the next one is asked for only: its reader may then use the memory again, which is shared
   * between threads where it reads with some. Default false: pieces stay as they are.
   */
  readonly passing?: boolean;
}
