import { messageOf, tidelineError } from "@tideline/spec";
import type { DevicePorts, NetworkResponse } from "./ports.ts";

/** Where a GET goes and how much of an answer is read. */
export interface GetOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Body of a GET that was answered with 200. Throws `UNAVAILABLE`, `NOT_FOUND`, and `ARTIFACT_CORRUPT` for too much. */
export async function fetchBytes(ports: DevicePorts, options: GetOptions): Promise<Uint8Array> {
  const { url, timeoutMs, maxBytes } = options;
  const who = "update";
  let response: NetworkResponse;
  try {
    response = await ports.network.request({ method: "GET", url, headers: {}, timeoutMs, maxBytes });
  } catch (cause) {
    throw tidelineError("UNAVAILABLE", { who, field: url, received: messageOf(cause), cause });
  }
  const { status, body } = response;
  if (status === 404) throw tidelineError("NOT_FOUND", { who, field: url });
  if (status !== 200)
    throw tidelineError("UNAVAILABLE", { who, field: url, expected: "200", received: String(status) });
  if (body.length > maxBytes) {
    throw tidelineError("ARTIFACT_CORRUPT", {
      who,
      field: url,
      expected: `at most ${maxBytes} bytes`,
      received: `${body.length} bytes`,
    });
  }
  return body;
}

/** JSON of a GET. Throws what {@link fetchBytes} throws, and `RELEASE_MALFORMED` where it is no JSON. */
export async function fetchJson(ports: DevicePorts, options: GetOptions): Promise<unknown> {
  const bytes = await fetchBytes(ports, options);
  try {
    return JSON.parse(ports.text.decode(bytes));
  } catch (cause) {
    throw tidelineError("RELEASE_MALFORMED", {
      who: "update",
      field: options.url,
      expected: "JSON",
      received: "other content",
      cause,
    });
  }
}
