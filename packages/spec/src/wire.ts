import { concatBytes } from "./bytes.ts";
import { tidelineError } from "./error.ts";
import type { FrameReference } from "./frame.ts";
import type { MediaReference } from "./media-reference.ts";
import type { TextCodec } from "./port.ts";
import type { SequenceSet } from "./range.ts";

/** Version of the batch format. */
export const WIRE_FORMAT = 1;

/** Media type of a batch. */
export const BATCH_TYPE = "application/vnd.tideline.batch";

/** A property as it travels. */
export type WireValue = string | number | boolean | readonly number[] | FrameReference | MediaReference;

/** An event as it travels. */
export interface WireEvent {
  /** Sequence number within the install's epoch: with it the identity that makes a retry harmless. */
  readonly seq: number;
  readonly name: string;
  /** Schema version that the phone was built with. */
  readonly version: number;
  /** The device's clock, milliseconds since 1970. */
  readonly time: number;
  /** The app's id of the person, or null before there is one. */
  readonly user: string | null;
  /** Another id by which the app knew this person until now; the server joins the two from here on. */
  readonly previous_user?: string;
  /** Purposes that the person had consented to when it happened. */
  readonly consent: readonly string[];
  readonly properties: Readonly<Record<string, WireValue>>;
}

/** A batch of events of one install and epoch. */
export interface Batch {
  readonly format: typeof WIRE_FORMAT;
  readonly sdk: string;
  /** Random id of the installation. */
  readonly install: string;
  /** Counts up whenever the install's storage is found lost, restored or cloned. */
  readonly epoch: number;
  /**
   * Lower-case hexadecimal SHA-256 of the install's 32-byte secret: whoever shows the secret later is the person
   * whose phone this was.
   */
  readonly proof?: string;
  /** The region whose server alone may store it, by `parseRegion`; absent: the server that it was sent to. */
  readonly region?: string;
  /** The device's clock when it was sent. */
  readonly sent_at: number;
  readonly events: readonly WireEvent[];
}

/** The server's answer: it is responsible for what it acknowledges, quarantined events included. */
export interface Acknowledgement {
  readonly format: typeof WIRE_FORMAT;
  readonly acknowledged: SequenceSet;
  readonly quarantined: readonly { readonly seq: number; readonly code: string; readonly field: string }[];
  readonly duplicates: number;
  /** The server's clock when the batch had come. */
  readonly received_at: number;
}

/** "TLB1", the first four bytes of a batch. */
const MAGIC = [0x54, 0x4c, 0x42, 0x31];

/**
 * Bytes of a batch: magic `TLB1`, the header's length as little-endian uint32, the header as UTF-8 JSON padded with
 * spaces so that the attachment starts at a multiple of 4, then the attachment with the packed samples.
 */
export function encodeBatch(header: unknown, attachment: Uint8Array, text: TextCodec): Uint8Array {
  const json = text.encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 4) * 4;
  const head = new Uint8Array(8 + length).fill(0x20);
  head.set(MAGIC);
  new DataView(head.buffer).setUint32(4, length, true);
  head.set(json, 8);
  return concatBytes([head, attachment]);
}

/**
 * Header and attachment of batch bytes; the header is any JSON, still to be checked. Bytes that start with `{` are
 * plain JSON without an attachment.
 */
export function decodeBatch(bytes: Uint8Array, text: TextCodec): { header: unknown; attachment: Uint8Array } {
  const malformed = (received: string, cause?: unknown) =>
    tidelineError("BATCH_MALFORMED", {
      who: "batch",
      expected: "TLB1, header length and JSON header, or a JSON object",
      received,
      cause,
    });
  const parse = (json: Uint8Array): unknown => {
    try {
      return JSON.parse(text.decode(json));
    } catch (cause) {
      throw malformed("a header that is not JSON", cause);
    }
  };
  if (bytes[0] === 0x7b) return { header: parse(bytes), attachment: new Uint8Array(0) };
  if (bytes.length < 8 || MAGIC.some((byte, index) => bytes[index] !== byte)) throw malformed("other bytes");
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getUint32(4, true);
  if (length % 4 !== 0 || 8 + length > bytes.length) throw malformed(`a header of ${length} bytes`);
  return { header: parse(bytes.subarray(8, 8 + length)), attachment: bytes.subarray(8 + length) };
}
