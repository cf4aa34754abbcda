import { tidelineError } from "@tideline/spec";

/** A place in a buffer under construction, counted from its end. */
export type FlatPlace = number;

/** Scalars of a table by their size; `ref` points to what was written before. */
const SIZES = { bool: 1, i8: 1, u8: 1, i32: 4, u32: 4, f32: 4, i64: 8, ref: 4 } as const;

/** The type of a table's field. */
export type FlatType = keyof typeof SIZES;

/** A field of a table that is written; what equals its default is left out by the caller. */
export interface FlatField {
  readonly slot: number;
  readonly type: FlatType;
  /** A BigInt where an `i64` is more than a number holds. */
  readonly value: number | bigint;
}

/** A FlatBuffer under construction, written from its end to its beginning, as all its writers do. */
export interface FlatBuilder {
  /** A vector of bytes whose first one stands at a multiple of `align`. */
  bytes(content: Uint8Array, align?: number): FlatPlace;
  /** How many bytes would stay empty behind such a vector if it were written now. */
  gap(length: number, align: number): number;
  text(content: string): FlatPlace;
  ints(content: ArrayLike<number>): FlatPlace;
  floats(content: ArrayLike<number>): FlatPlace;
  longs(content: ArrayLike<number | bigint>): FlatPlace;
  /** A vector of structs of `size` bytes each, as they stand in memory. */
  structs(content: Uint8Array, size: number, align: number): FlatPlace;
  refs(content: readonly FlatPlace[]): FlatPlace;
  table(fields: readonly FlatField[]): FlatPlace;
  /** A table of numbers that was written before, or written now: any number of tables may point to one. */
  sharedTable(fields: readonly FlatField[]): FlatPlace;
  /** The buffer, with its root table and the four letters that tell what it is. */
  finish(root: FlatPlace, identifier: string): Uint8Array;
}

/** Offsets are signed 32-bit numbers. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Writes the FlatBuffers format (flatbuffers.dev, "FlatBuffers internals"): tables with shared vtables, vectors of numbers and texts that stand once.
 * The same calls give the same bytes.
 *
 * @param who the writer, for errors
 * @throws ARGUMENT_INVALID for what needs more than 2 GiB.
 */
export function flatBuilder(who: string): FlatBuilder {
  let buffer = new Uint8Array(4096);
  let view = new DataView(buffer.buffer);
  let space = buffer.length;
  let widest = 1;
  const tables = new Map<string, FlatPlace>();
  const vectors = new Map<string, FlatPlace>();
  const texts = new Map<string, FlatPlace>();
  const numbers = new Map<string, FlatPlace>();
  const place = (): FlatPlace => buffer.length - space;

  /** Makes room so that, after `behind` more bytes, the place is a multiple of `size`. */
  function align(size: number, behind: number): void {
    widest = Math.max(widest, size);
    const padding = -(place() + behind) & (size - 1);
    const needed = padding + behind + size;
    if (space < needed) {
      const used = place();
      const length = Math.max(2 * buffer.length, used + needed);
      if (used + needed > MOST_BYTES)
        throw tidelineError("ARGUMENT_INVALID", {
          who,
          field: "model",
          expected: "less than 2 GiB",
          received: "more",
        });
      const larger = new Uint8Array(Math.min(length, MOST_BYTES));
      larger.set(buffer.subarray(space), larger.length - used);
      space = larger.length - used;
      buffer = larger;
      view = new DataView(buffer.buffer);
    }
    space -= padding;
  }

  function vector(count: number, size: number, boundary: number, fill: (at: number) => void): FlatPlace {
    align(4, count * size);
    align(boundary, count * size);
    space -= count * size;
    fill(space);
    space -= 4;
    view.setUint32(space, count, true);
    return place();
  }

  /** A vector that was written before, or written now: any number of tables may point to one. */
  function shared(kind: string, content: ArrayLike<number | bigint>, write: () => FlatPlace): FlatPlace {
    const key = `${kind}:${Array.from(content, (value) => (Object.is(value, -0) ? "-0" : value)).join()}`;
    const found = vectors.get(key) ?? write();
    vectors.set(key, found);
    return found;
  }

  function put({ type, value }: FlatField): void {
    const size = SIZES[type];
    align(size, 0);
    const relative = type === "ref" ? place() + 4 - Number(value) : Number(value);
    space -= size;
    if (type === "i64") view.setBigInt64(space, BigInt(value), true);
    else if (type === "f32") view.setFloat32(space, relative, true);
    else if (size === 4) view.setInt32(space, relative | 0, true);
    else view.setInt8(space, relative | 0);
  }

  const builder: FlatBuilder = {
    bytes: (content, boundary = 1) => vector(content.length, 1, boundary, (at) => buffer.set(content, at)),
    gap: (length, boundary) => -(place() + length) & (boundary - 1),
    text: (content) => {
      const found = texts.get(content);
      if (found !== undefined) return found;
      const utf8 = new TextEncoder().encode(content);
      // A text ends with a zero that its length does not count.
      align(4, utf8.length + 1);
      space -= 1;
      buffer[space] = 0;
      space -= utf8.length;
      buffer.set(utf8, space);
      space -= 4;
      view.setUint32(space, utf8.length, true);
      texts.set(content, place());
      return place();
    },
    ints: (content) =>
      shared("ints", content, () =>
        vector(content.length, 4, 4, (at) => {
          for (let i = 0; i < content.length; i++) view.setInt32(at + 4 * i, content[i]!, true);
        }),
      ),
    floats: (content) =>
      shared("floats", content, () =>
        vector(content.length, 4, 4, (at) => {
          for (let i = 0; i < content.length; i++) view.setFloat32(at + 4 * i, content[i]!, true);
        }),
      ),
    longs: (content) =>
      shared("longs", content, () =>
        vector(content.length, 8, 8, (at) => {
          for (let i = 0; i < content.length; i++) view.setBigInt64(at + 8 * i, BigInt(content[i]!), true);
        }),
      ),
    structs: (content, size, boundary) => {
      const count = content.length / size;
      return vector(count, size, boundary, (at) => buffer.set(content, at));
    },
    refs: (content) => {
      align(4, 4 * content.length);
      for (const target of content.toReversed()) put({ slot: 0, type: "ref", value: target });
      space -= 4;
      view.setUint32(space, content.length, true);
      return place();
    },
    table: (fields) => {
      const start = place();
      const places: number[] = [];
      const ordered = fields.toSorted((a, b) => SIZES[b.type] - SIZES[a.type] || a.slot - b.slot);
      for (const field of ordered) {
        put(field);
        places[field.slot] = place();
      }
      align(4, 0);
      space -= 4;
      const table = place();
      const entries = Array.from(places, (at) => (at === undefined ? 0 : table - at));
      const words = [4 + 2 * entries.length, table - start, ...entries];
      const key = words.join();
      let layout = tables.get(key);
      if (layout === undefined) {
        align(2, 2 * words.length);
        for (const word of words.toReversed()) {
          space -= 2;
          view.setUint16(space, word, true);
        }
        layout = place();
        tables.set(key, layout);
      }
      view.setInt32(buffer.length - table, layout - table, true);
      return table;
    },
    sharedTable: (fields) => {
      const key = fields.map(({ slot, type, value }) => `${slot}:${type}:${value}`).join();
      const found = numbers.get(key) ?? builder.table(fields);
      numbers.set(key, found);
      return found;
    },
    finish: (root, identifier) => {
      align(widest, 8);
      for (const letter of [...identifier].toReversed()) {
        space -= 1;
        buffer[space] = letter.charCodeAt(0);
      }
      put({ slot: 0, type: "ref", value: root });
      return buffer.slice(space);
    },
  };
  return builder;
}
