import {
  BATCH_TYPE,
  messageOf,
  tidelineError,
  toBase64,
  type Acknowledgement,
  type TidelineError,
} from "@tideline/spec";
import { makeBatch } from "./batch.ts";
import { retryAfter } from "./backoff.ts";
import type { DevicePorts, NetworkResponse } from "./ports.ts";
import type { Load } from "./queue.ts";

/** What a server said to a batch. */
export type SendOutcome =
  | { readonly kind: "accepted"; readonly answer: Acknowledgement }
  /** Fewer events may fit. */
  | { readonly kind: "too-large"; readonly error: TidelineError }
  /** Something in it can never be accepted. */
  | { readonly kind: "refused"; readonly error: TidelineError }
  /** No batch will be accepted: wrong key or address. */
  | { readonly kind: "stop"; readonly error: TidelineError }
  /** Later it may work. */
  | { readonly kind: "retry"; readonly error: TidelineError; readonly afterMs: number | null };

/** Where and how batches are sent. */
export interface CollectOptions {
  readonly ports: DevicePorts;
  readonly collect: string;
  readonly writeKey: string;
  readonly timeoutMs: number;
}

/** Bytes that an acknowledgement may have: 500 events with a quarantine entry each stay below 100 kB. */
const ANSWER_BYTES = 1 << 20;

/** Value of the `Authorization` header: the write key as user name (RFC 7617). */
export function authorisation(writeKey: string, { text }: Pick<DevicePorts, "text">): string {
  return `Basic ${toBase64(text.encode(`${writeKey}:`))}`;
}

function readAnswer({ body }: NetworkResponse, { text }: DevicePorts): Acknowledgement | null {
  try {
    const answer = JSON.parse(text.decode(body)) as Acknowledgement | null;
    return answer?.format === 1 && Array.isArray(answer.acknowledged) && Array.isArray(answer.quarantined)
      ? answer
      : null;
  } catch (error) {
    // A captive portal answers 200 with a page of its own.
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** Sends a load as one batch: `POST {collect}/v1/batch`, gzip. Never throws for the network or the server. */
export async function sendLoad(load: Load, options: CollectOptions): Promise<SendOutcome> {
  const { ports, collect, writeKey, timeoutMs } = options;
  const body = await ports.gzip(makeBatch(load, ports.clock(), ports.text));
  const fault = (
    code: Parameters<typeof tidelineError>[0],
    received: string,
    cause?: unknown,
  ): TidelineError =>
    tidelineError(code, { who: "upload", field: `${collect}/v1/batch`, expected: "200", received, cause });
  let response: NetworkResponse;
  try {
    response = await ports.network.request({
      method: "POST",
      url: `${collect}/v1/batch`,
      headers: {
        authorization: authorisation(writeKey, ports),
        "content-type": BATCH_TYPE,
        "content-encoding": "gzip",
      },
      body,
      timeoutMs,
      maxBytes: ANSWER_BYTES,
    });
  } catch (cause) {
    return { kind: "retry", error: fault("UNAVAILABLE", messageOf(cause), cause), afterMs: null };
  }
  const { status } = response;
  if (status === 200) {
    const answer = readAnswer(response, ports);
    if (answer !== null) return { kind: "accepted", answer };
    return {
      kind: "retry",
      error: fault("UNAVAILABLE", "an answer that is no acknowledgement"),
      afterMs: null,
    };
  }
  const received = String(status);
  if (status === 413) return { kind: "too-large", error: fault("BATCH_TOO_LARGE", received) };
  if (status === 400 || status === 422) return { kind: "refused", error: fault("BATCH_MALFORMED", received) };
  const passing = status === 408 || status === 425 || status === 429 || status >= 500;
  if (passing) {
    const code = status === 429 ? "OVERLOADED" : "UNAVAILABLE";
    return { kind: "retry", error: fault(code, received), afterMs: retryAfter(response.headers) };
  }
  const code = status === 401 ? "UNAUTHORISED" : status === 403 ? "FORBIDDEN" : "NOT_FOUND";
  return { kind: "stop", error: fault(code, received) };
}
