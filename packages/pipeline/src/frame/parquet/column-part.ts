import type { ValueFacts } from "@tideline/learn/frame";
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
  /** Whether values and codes are kept in memory that threads share. */
  readonly shared?: boolean;
  /** Whether a piece is looked at until the next one is asked for only. */
  readonly passing?: boolean;
}

/** Rows of a column as a cursor gives them; plain, for other threads. */
export type ColumnPart =
  | {
      readonly values: NumberStore;
      /** [rows], 1 for one that has a value; absent where all have, or where the values tell. */
      readonly present?: Uint8Array<ArrayBuffer>;
      /** What is known of values that tell themselves where they are missing. */
      readonly facts?: ValueFacts;
    }
  | {
      readonly codes: Int32Array<ArrayBufferLike>;
      /** Texts that come behind those of the dictionary there is. */
      readonly fresh: readonly string[];
      /** Whether the dictionary begins anew with them. */
      readonly anew: boolean;
    };

/** A part and its column's place among all that are read. */
export interface PlacedPart {
  readonly place: number;
  readonly part: ColumnPart;
}

/** Takes the rows of a column, in order. */
export interface ColumnCursor {
  /** @throws Error for damaged pages. */
  take(rows: number): ColumnPart;
  close(): void;
}

/** The buffers that go with a part to another thread; memory that is shared is there already. */
export function buffersOf(part: ColumnPart): ArrayBuffer[] {
  const { buffer } = "codes" in part ? part.codes : part.values;
  const own = buffer instanceof ArrayBuffer ? [buffer] : [];
  return "codes" in part || part.present === undefined ? own : [...own, part.present.buffer];
}

/** Gives memory for so many bytes of a column or more, which it may hold already. */
export type RoomMaker = (bytes: number) => ArrayBufferLike;

/**
 * Memory for one piece after the other: anew for each, or where they pass two rooms in turn that threads share, of which one is
 * looked at while the other is filled. What was touched once costs the system nothing more, and is at hand.
 */
export function roomsOf({ shared = false, passing = false }: ColumnPlan): RoomMaker {
  if (!passing) return (bytes) => (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  const rooms: SharedArrayBuffer[] = [];
  let turn = 0;
  return (bytes) => {
    turn = 1 - turn;
    const there = rooms[turn];
    if (there !== undefined && there.byteLength >= bytes) return there;
    return (rooms[turn] = new SharedArrayBuffer(bytes));
  };
}
