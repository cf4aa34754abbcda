import { decodeText, nextTag, openMessage, readBytes, skipField, type Cursor } from "./protobuf.ts";
import type { Metadata, WireRest } from "./onnx.ts";

/** Collects what a message holds besides its named fields. */
export interface RestReader {
  /** Goes past a field and keeps it. */
  keep(cursor: Cursor, tag: number): void;
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
      file = cursor.bytes;
      spans ??= [];
      if (spans.at(-1) === cursor.fieldAt) spans.pop();
      else spans.push(cursor.fieldAt);
      spans.push(cursor.position);
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

/** Copies, because what is kept must not hold on to a whole file. */
function joinSpans(file: Uint8Array, spans: readonly number[]): Uint8Array {
  let length = 0;
  for (let at = 0; at < spans.length; at += 2) length += spans[at + 1]! - spans[at]!;
  const bytes = new Uint8Array(length);
  let position = 0;
  for (let at = 0; at < spans.length; at += 2) {
    bytes.set(file.subarray(spans[at], spans[at + 1]), position);
    position += spans[at + 1]! - spans[at]!;
  }
  return bytes;
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

/** A collector for one repeated field. */
export function entryReader(): EntryReader {
  let entries: Map<string, string> | undefined;
  return {
    take(cursor, tag, rest) {
      const start = cursor.position;
      const entry = plainEntry(openMessage(cursor, tag, "StringStringEntryProto"));
      if (entry !== undefined && entries?.has(entry[0]) !== true) (entries ??= new Map()).set(...entry);
      else {
        cursor.position = start;
        rest.keep(cursor, tag);
      }
    },
    get size() {
      return entries?.size ?? 0;
    },
    record: () => Object.freeze(Object.fromEntries(entries ?? [])),
  };
}
