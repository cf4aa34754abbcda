import { gzipSync } from "node:zlib";
import { encodeBatch, encodeSamples, WIRE_FORMAT, type Batch, type WireEvent } from "@tideline/spec";

const text = {
  encode: (value: string) => Buffer.from(value),
  decode: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
};

/** A batch of a test phone. */
export function batchOf(install: string, events: readonly WireEvent[], epoch = 1): Batch {
  return { format: WIRE_FORMAT, sdk: "test/1", install, epoch, sent_at: 1_700_000_000_000, events };
}

/** A tap, with the consent that it needs. */
export function tapOf(seq: number, changes: Partial<WireEvent> = {}): WireEvent {
  return {
    seq,
    name: "tap",
    version: 2,
    time: 1_700_000_000_000 + seq,
    user: "person-1",
    consent: ["analytics", "improve_product"],
    properties: { target: `button-${seq}`, screen: "home" },
    ...changes,
  };
}

/** A frame of motion of `samples` samples that stands at `offset` of the attachment. */
export function motionOf(seq: number, offset: number, samples: number): WireEvent {
  return tapOf(seq, {
    name: "motion",
    version: 1,
    properties: { session: "s1", start: 0, samples: { offset, samples } },
  });
}

/** Bytes of samples that count up from `first`, six channels each. */
export function samplesFrom(first: number, samples: number): Uint8Array {
  return encodeSamples(Float32Array.from({ length: samples * 6 }, (_, index) => first + index));
}

/** Bytes of a batch. */
export function bytesOf(batch: unknown, attachment: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodeBatch(batch, attachment, text);
}

/** Options of {@link post}. */
export interface PostOptions {
  readonly key?: string;
  readonly gzip?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Posts bytes once. */
export function post(address: string, bytes: Uint8Array, options: PostOptions = {}): Promise<Response> {
  const { key = "test-write-key", gzip = false, headers = {} } = options;
  return fetch(`${address}/v1/batch`, {
    method: "POST",
    body: Buffer.from(gzip ? gzipSync(bytes) : bytes),
    headers: { authorization: `Bearer ${key}`, ...(gzip ? { "content-encoding": "gzip" } : {}), ...headers },
  });
}
