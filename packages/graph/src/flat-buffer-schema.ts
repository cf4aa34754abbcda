/** Numbers of a table; `f32` as its bits, so that no NaN becomes another. */
export type FlatScalar = "bool" | "i8" | "u8" | "i32" | "u32" | "i64" | "f32";

/**
 * A field of a table: a number, `text`, a table, struct or union by its name, or in brackets a vector of those (`[u8]` is bytes).
 * The field before a union holds its kind. `set` names the field by which a vector is ordered whose order says nothing.
 * An empty name stands for a field that is no longer written.
 */
export type FlatSlot = readonly [name: string, type: string, set?: string];

/** The tables of a format, as a schema of FlatBuffers has them. */
export interface FlatSchema {
  /** The four letters that a file's bytes 4 to 8 are. */
  readonly identifier: string;
  readonly root: string;
  readonly tables: Readonly<Record<string, readonly FlatSlot[]>>;
  /** Bytes of a struct, all of whose fields have 4. */
  readonly structs: Readonly<Record<string, number>>;
  /** The tables of a union by kind, from 1. */
  readonly unions: Readonly<Record<string, readonly string[]>>;
  /** Where vectors of bytes start. */
  readonly align: number;
}

/** What a field holds: bytes for structs and vectors of `u8`, else as its type says. */
export type FlatValue = number | bigint | string | Uint8Array | readonly FlatValue[] | FlatTable;

/** A table by names of its fields; those that it has not are left out. */
export interface FlatTable {
  readonly [field: string]: FlatValue;
}

/** What vectors hold, from their type. */
export const elementOf = (type: string): string | undefined =>
  type.startsWith("[") ? type.slice(1, -1) : undefined;
