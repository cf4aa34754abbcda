import { crc32 } from "node:zlib";
import { encodeBatch, type SequenceSet } from "@tideline/spec";
import { nodeText } from "../../packages/pipeline/src/ingest/node-text.ts";

/** Samples of a stored event that a server must have made of a frame: little-endian float32, as hexadecimal. */
export interface ExpectedFrame {
  readonly seq: number;
  readonly field: string;
  readonly samples: number;
  readonly float32: string;
  readonly missing?: number;
}

/** What the server must answer, and have stored. */
export type Expected =
  | {
      readonly status: 200;
      readonly acknowledged: SequenceSet;
      readonly quarantined: readonly {
        readonly seq: number;
        readonly code: string;
        readonly field: string;
      }[];
      readonly duplicates: number;
      /** Names of the properties that were stored, where some must not have been. */
      readonly stored?: Readonly<Record<number, readonly string[]>>;
      readonly frames?: readonly ExpectedFrame[];
    }
  | { readonly status: number; readonly code: string };

/** A request with its answer. */
export interface WireVector {
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  /** Beside `authorization`, which every request has unless it stands here. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The header that the body carries, for those who compare values instead of bytes. */
  readonly header?: unknown;
  readonly expect: Expected;
}

/** 2026-01-01 in milliseconds since 1970. */
export const NOW = 1_767_225_600_000;

/** A header with the members that each has. */
export function headerOf(install: string, events: readonly object[], changes: object = {}): object {
  return { format: 1, sdk: "vector/1.0", install, epoch: 1, sent_at: NOW, ...changes, events };
}

/** An event with the members that each has; one that is changed to `undefined` is left out. */
export function eventOf(seq: number, name: string, properties: object, changes: object = {}): object {
  const consent = ["app", "research"];
  return { seq, name, version: 1, time: NOW - 1000 + seq, user: "person-1", consent, properties, ...changes };
}

/** A tap of the newest version. */
export function tapOf(seq: number, changes: object = {}): object {
  return eventOf(seq, "tap", { target: "start", screen: "home" }, { version: 2, ...changes });
}

/** Bytes of a batch. */
export function batchOf(header: unknown, attachment: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodeBatch(header, attachment, nodeText);
}

/** UTF-8 of a text. */
export const utf8 = (text: string): Uint8Array => new Uint8Array(nodeText.encode(text));

/** Bytes as gzip (RFC 1952) with one stored block: the same on every machine. */
export function gzipStored(bytes: Uint8Array): Uint8Array {
  const gzip = new Uint8Array(10 + 5 + bytes.length + 8);
  gzip.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1]);
  const view = new DataView(gzip.buffer);
  view.setUint16(11, bytes.length, true);
  view.setUint16(13, ~bytes.length & 0xffff, true);
  gzip.set(bytes, 15);
  view.setUint32(15 + bytes.length, crc32(bytes), true);
  view.setUint32(19 + bytes.length, bytes.length, true);
  return gzip;
}
