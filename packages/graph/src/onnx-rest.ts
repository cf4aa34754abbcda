import { decodeText, nextTag, openMessage, readBytes, skipField, type Cursor } from "./protobuf.ts";
import type { Metadata, WireRest } from "./onnx.ts";

/** Collects what a message holds besides its named fields. */
export interface RestReader {
  /** Goes past a field and keeps it. */
  keep(cursor: Cursor, tag: number): void;
  /** Keeps a field that was read already, as it stands. */
  keepSpan(cursor: Cursor, start: number, end: number): void;
  /** Notes that a field with a name stands in the file. */
  seen(number: number): void;
  /**
   * What was kept; undefined for nothing, so that a plain message has no `rest`.
   *
   * @param usual fields that we write though empty.
   * @param unusual fields that we leave out when empty, with whether they are.
   */
  end(
    usual: readonly number[],
    unusual?: readonly (readonly [number: number, empty: boolean])[],
  ): WireRest | undefined;
}

/** A collector for one message. */
export function restReader(): RestReader {
  let file: Uint8Array | undefined;
  /** Begins and ends, by turns; neighbours are one. */
  let spans: number[] | undefined;
  let mask = 0;
  return {
    keep(cursor, tag) {
      skipField(cursor, tag);
      if (spans?.at(-1) !== cursor.fieldAt) this.keepSpan(cursor, cursor.fieldAt, cursor.position);
      else spans[spans.length - 1] = cursor.position;
    },
    keepSpan(cursor, start, end) {
      file = cursor.bytes;
      (spans ??= []).push(start, end);
    },
    seen: (number) => void (mask |= 1 << number),
    end(usual, unusual = []) {
      let presence: number[] | undefined;
      for (const number of usual) if ((mask & (1 << number)) === 0) (presence ??= []).push(number);
      for (const [number, isEmpty] of unusual)
        if (isEmpty && (mask & (1 << number)) !== 0) (presence ??= []).push(number);
      if (file === undefined && presence === undefined) return undefined;
      return Object.freeze({
        ...(file && spans && { unknown: joinSpans(file, spans) }),
        ...(presence && { presence: Object.freeze(presence) }),
      });
    },
  };
}

/** The spans in the order of the file; copied, because what is kept must not hold on to a whole one. */
function joinSpans(file: Uint8Array, spans: readonly number[]): Uint8Array {
  const pairs = Array.from(
    { length: spans.length / 2 },
    (_, at) => [spans[2 * at]!, spans[2 * at + 1]!] as const,
  );
  pairs.sort(([left], [right]) => left - right);
  const bytes = new Uint8Array(pairs.reduce((length, [start, end]) => length + end - start, 0));
  let position = 0;
  for (const [start, end] of pairs) {
    bytes.set(file.subarray(start, end), position);
    position += end - start;
  }
  return bytes;
}

/**
 * Fields with a name of their own, of which the last one counts; earlier ones go to the rest of the message, which is
 * written before them.
 */
export interface NamedReader<Value> {
  take(name: string, value: Value, cursor: Cursor, rest: RestReader): void;
  readonly size: number;
  record(): Readonly<Record<string, Value>>;
}

/** A collector for one repeated field. */
export function namedReader<Value>(): NamedReader<Value> {
  let found: Map<string, { readonly value: Value; readonly start: number; readonly end: number }> | undefined;
  return {
    take(name, value, cursor, rest) {
      const hidden = (found ??= new Map()).get(name);
      if (hidden !== undefined) rest.keepSpan(cursor, hidden.start, hidden.end);
      found.set(name, { value, start: cursor.fieldAt, end: cursor.position });
    },
    get size() {
      return found?.size ?? 0;
    },
    record: () =>
      Object.freeze(Object.fromEntries(Array.from(found ?? [], ([name, { value }]) => [name, value]))),
  };
}

/** The key and the value of a plain `StringStringEntryProto`; undefined where it holds anything else. */
function plainEntry(cursor: Cursor): readonly [string, string] | undefined {
  let key: string | undefined;
  let value: string | undefined;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    if (tag === 10 && key === undefined) key = decodeText(readBytes(cursor, tag));
    else if (tag === 18 && value === undefined) value = decodeText(readBytes(cursor, tag));
    else return undefined;
  }
  return key === undefined || value === undefined ? undefined : [key, value];
}

/** Collects a repeated field of entries by their keys. */
export interface EntryReader {
  /** Takes one; what a record cannot say (a key twice, an entry of one half) goes to the rest of the message. */
  take(cursor: Cursor, tag: number, rest: RestReader): void;
  readonly size: number;
  record(): Metadata;
}

/** A collector for one repeated field of entries. */
export function entryReader(): EntryReader {
  const named = namedReader<string>();
  return {
    take(cursor, tag, rest) {
      const entry = plainEntry(openMessage(cursor, tag, "StringStringEntryProto"));
      if (entry === undefined) rest.keepSpan(cursor, cursor.fieldAt, cursor.position);
      else named.take(...entry, cursor, rest);
    },
    get size() {
      return named.size;
    },
    record: named.record,
  };
}
