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
import type { DevicePorts } from "./ports.ts";
import type { Load } from "./queue.ts";

/**
 * Why a batch was not taken. `too-large`: fewer events may fit. `refused`: something in it can never be accepted.
 * `stop`: no batch will be accepted, for a wrong key or address. `retry`: later it may work. `defer`: the phone's own
 * budget does not allow it now.
 */
type Fault = "too-large" | "refused" | "stop" | "retry" | "defer";

/** What a server said to a batch. `withdrawn`: it was not sent, because consent was withdrawn meanwhile. */
export type SendOutcome =
  | { readonly kind: "accepted"; readonly answer: Acknowledgement }
  | { readonly kind: "withdrawn" }
  | { readonly kind: Fault; readonly error: TidelineError; readonly afterMs: number | null };

/** Where and how batches are sent. */
export interface CollectOptions {
  readonly ports: DevicePorts;
  readonly collect: string;
  readonly writeKey: string;
  readonly timeoutMs: number;
  /** Whose proof goes with its batches. */
  readonly identity: { readonly install: string; readonly proof: string };
}

/** Bytes that an acknowledgement may have: 500 events with a quarantine entry each stay below 100 kB. */
const ANSWER_BYTES = 1 << 20;

/** What a status says; any other is `retry` from 500 on, else `stop`. */
const FAULTS: Readonly<Record<number, readonly [Fault, ErrorCode]>> = {
  400: ["refused", "BATCH_MALFORMED"],
  401: ["stop", "UNAUTHORISED"],
  403: ["stop", "FORBIDDEN"],
  408: ["retry", "UNAVAILABLE"],
  413: ["too-large", "BATCH_TOO_LARGE"],
  422: ["refused", "BATCH_MALFORMED"],
  425: ["retry", "UNAVAILABLE"],
  429: ["retry", "OVERLOADED"],
};

/** Sends a load as one batch: `POST {collect}/v1/batch`, gzip. Never throws for the network or the server. */
export async function sendLoad(load: Load, options: CollectOptions): Promise<SendOutcome> {
  const { ports, collect, writeKey, timeoutMs, identity } = options;
  const url = `${collect}/v1/batch`;
  const { install, proof } = identity;
  const header = {
    // An install of another secret (a start of before) is not this one's to prove.
    ...(load.source.install === install && { proof }),
    sent_at: Math.round(ports.clock()),
  };
  const body = await ports.gzip(makeBatch(load, header, ports.text));
  if (!load.isCurrent()) return { kind: "withdrawn" };
  const fault = (kind: Fault, code: ErrorCode, received: string, afterMs: number | null): SendOutcome => {
    const error = tidelineError(code, { who: "upload", field: url, expected: "200", received });
    return { kind, error, afterMs };
  };
  try {
    const response = await ask(ports, "upload", {
      method: "POST",
      url,
      headers: {
        authorization: authorisation(writeKey, ports),
        "content-type": BATCH_TYPE,
        "content-encoding": "gzip",
      },
      body,
      timeoutMs,
      maxBytes: ANSWER_BYTES,
    });
    const { status, headers } = response;
    if (status === 200) {
      const answer = parseJson(response.body, ports.text) as Acknowledgement | null | undefined;
      const { acknowledged, quarantined } = answer ?? {};
      const isWhole = Array.isArray(acknowledged) && acknowledged.every(Array.isArray);
      if (answer?.format === 1 && isWhole && Array.isArray(quarantined)) {
        return { kind: "accepted", answer };
      }
      // A captive portal answers 200 with a page of its own.
      return fault("retry", "UNAVAILABLE", "an answer that is no acknowledgement", null);
    }
    const [kind, code] = FAULTS[status] ?? (status < 500 ? ["stop", "NOT_FOUND"] : ["retry", "UNAVAILABLE"]);
    return fault(kind as Fault, code as ErrorCode, `${status}`, retryAfter(headers));
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    return { kind: error.code === "UNAVAILABLE" ? "retry" : "defer", error, afterMs: null };
  }
}
