import { gunzipSync } from "node:zlib";
import { tidelineError } from "@tideline/spec";
import type { IngestLimits } from "./limits.ts";

/** The error of a body that is too long. */
export function tooLarge(expected: number, kind: string): Error {
  return tidelineError("BATCH_TOO_LARGE", {
    who: "batch",
    field: "body",
    expected: `at most ${expected} bytes ${kind}`,
    received: "more",
    remedy: "Send smaller batches.",
  });
}

/**
 * The bytes of a batch: what came, or what gzip unpacks it to, never more than allowed. Synchronous: unpacking a
 * few kilobytes costs less than a trip to the thread pool.
 *
 * @throws `BATCH_TOO_LARGE`, `BATCH_MALFORMED`
 */
export function readBody(body: Uint8Array, encoding: string | undefined, limits: IngestLimits): Uint8Array {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (name === "identity" || name === "") {
    if (body.length > limits.inflatedBytes) throw tooLarge(limits.inflatedBytes, "without gzip");
    return body;
  }
  if (name !== "gzip" && name !== "x-gzip") {
    throw tidelineError("BATCH_MALFORMED", {
      who: "batch",
      field: "content-encoding",
      expected: "gzip or none",
      received: "another",
    });
  }
  if (body.length > limits.compressedBytes) throw tooLarge(limits.compressedBytes, "gzipped");
  try {
    return gunzipSync(body, { maxOutputLength: limits.inflatedBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw tooLarge(limits.inflatedBytes, "after gzip");
    }
    throw tidelineError("BATCH_MALFORMED", {
      who: "batch",
      field: "body",
      expected: "gzip",
      received: "other bytes",
      cause,
    });
  }
}
