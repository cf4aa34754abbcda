import type { ParquetChunk } from "./parquet-footer.ts";
import type { ParquetType } from "./parquet-type.ts";
import type { NumberStore } from "./value-store.ts";

/** What a cursor needs to know of its column; plain, for other threads. */
export interface ColumnPlan {
  readonly name: string;
  readonly type: ParquetType;
  readonly chunks: readonly ParquetChunk[];
  /** Different texts of a piece at most. */
  readonly mostTexts: number;
}

/** Rows of a column as a cursor gives them; plain, for other threads. */
export type ColumnPart =
  | {
      readonly values: NumberStore;
      /** [rows], 1 for one that has a value; absent where all have, or where the values tell. */
      readonly present?: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly codes: Int32Array<ArrayBuffer>;
      /** Texts that come behind those of the dictionary there is. */
      readonly fresh: readonly string[];
      /** Whether the dictionary begins anew with them. */
      readonly anew: boolean;
    };

/** Takes the rows of a column, in order. */
export interface ColumnCursor {
  /** @throws Error for damaged pages. */
  take(rows: number): ColumnPart;
  close(): void;
}

/** The buffers that go with a part to another thread. */
export function buffersOf(part: ColumnPart): ArrayBuffer[] {
  if ("codes" in part) return [part.codes.buffer];
  return part.present === undefined ? [part.values.buffer] : [part.values.buffer, part.present.buffer];
}
