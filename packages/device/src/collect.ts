import {
  BATCH_TYPE,
  isTidelineError,
  parseJson,
  tidelineError,
  type Acknowledgement,
  type ErrorCode,
  type TidelineError,
} from "@tideline/spec";
import { ask, authorisation } from "./ask.ts";
import { retryAfter } from "./backoff.ts";
import { makeBatch } from "./batch.ts";
import type { Context } from "./context.ts";
import type { Load } from "./queue.ts";

/** What became of a batch: neither of the two where it was not sent, because consent was withdrawn meanwhile. */
export interface SendOutcome {
  /** The server took the batch. */
  readonly answer?: Acknowledgement;
  /** It did not; the code says what may help. */
  readonly error?: TidelineError;
  /** The pause that the server asks for, milliseconds. */
  readonly afterMs?: number | null;
}

/** Bytes that an acknowledgement may have: 500 events with a quarantine entry each stay below 100 kB. */
const ANSWER_BYTES = 1 << 20;

/** What a status says; any other is `UNAVAILABLE` from 500 on, else `NOT_FOUND`. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: "BATCH_MALFORMED",
  401: "UNAUTHORISED",
  403: "FORBIDDEN",
  408: "UNAVAILABLE",
  413: "BATCH_TOO_LARGE",
  421: "RESIDENCY_MISMATCH",
  422: "BATCH_MALFORMED",
  425: "UNAVAILABLE",
  429: "OVERLOADED",
};

/** Sends a load as one batch: `POST {collect}/v1/batch`, gzip. Never throws for the network or the server. */
export async function sendLoad(
  { ports, collect, writeKey, limits, restrict, region }: Context,
  load: Load,
): Promise<SendOutcome> {
  const { text } = ports;
  const url = `${collect}/v1/batch`;
  const body = await ports.gzip(makeBatch(load, { sent_at: Math.round(ports.clock()), region }, text));
  if (!load.isCurrent()) return {};
  try {
    const answered = await ask(ports, "upload", {
      method: "POST",
      url,
      headers: {
        authorization: authorisation(writeKey, text),
        "content-type": BATCH_TYPE,
        "content-encoding": "gzip",
        // The server holds it against what a batch says, too.
        ...(restrict?.optOut && { "sec-gpc": "1" }),
      },
      body,
      timeoutMs: limits.timeoutMs,
      maxBytes: ANSWER_BYTES,
      isWanted: load.isCurrent,
    });
    const { status, headers } = answered;
    const answer = status === 200 && (parseJson(answered.body, text) as Acknowledgement | null | undefined);
    const isWhole =
      answer &&
      answer.format === 1 &&
      Array.isArray(answer.quarantined) &&
      Array.isArray(answer.acknowledged) &&
      answer.acknowledged.every(Array.isArray);
    if (isWhole) return { answer };
    // 200 without an acknowledgement is a captive portal's page.
    const code = CODES[status] ?? (status > 200 && status < 500 ? "NOT_FOUND" : "UNAVAILABLE");
    const error = tidelineError(code, { who: "upload", field: url, received: `${status}` });
    return { error, afterMs: retryAfter(headers) };
  } catch (error) {
    if (isTidelineError(error, "CONSENT_MISSING")) return {};
    if (isTidelineError(error)) return { error };
    throw error;
  }
}
