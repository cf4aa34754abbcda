import type { Column, ColumnSchema } from "@tideline/learn/frame";
import type { ParquetChunk } from "./parquet-footer.ts";
import type { ParquetType } from "./parquet-type.ts";
import type { NumberStore } from "./value-store.ts";

/** What a cursor needs to know of its column; plain, for other threads. */
export interface ColumnPlan {
  readonly name: string;
  readonly type: ParquetType;
  readonly chunks: readonly ParquetChunk[];
}

/** Rows of a column as a cursor gives them; plain, for other threads. */
export type ColumnPart =
  | { readonly values: NumberStore; readonly validity?: Uint8Array<ArrayBuffer> }
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
  return part.validity === undefined ? [part.values.buffer] : [part.values.buffer, part.validity.buffer];
}

/** Makes columns of the parts of one column, in their order. Pieces share a dictionary while nothing new comes. */
export function columnMaker(schema: ColumnSchema): (part: ColumnPart) => Column {
  let texts: readonly string[] = [];
  return (part) => {
    if (!("codes" in part)) return { ...schema, ...part } as Column;
    if (part.anew) texts = part.fresh;
    else if (part.fresh.length > 0) texts = [...texts, ...part.fresh];
    return { kind: "string", name: schema.name, codes: part.codes, dictionary: texts };
  };
}
