import {
  isTidelineError,
  messageOf,
  parseJson,
  tidelineError,
  toBase64,
  type ErrorCode,
  type TextCodec,
} from "@tideline/spec";
import { fail } from "./fail.ts";
import type { DevicePorts, NetworkRequest, NetworkResponse } from "./ports.ts";

/** A request, a GET without headers where nothing else is said. */
export type AskOptions = Pick<NetworkRequest, "url" | "timeoutMs" | "maxBytes"> & Partial<NetworkRequest>;

/**
 * The answer to a request, whatever its status. Throws `UNAVAILABLE` where there is none or it is too long (as the page
 * of a hotel's network is, so that another attempt is worth it), and a port's own codes; with `tellsLength` what is too
 * long is `DATA_MALFORMED`.
 */
export async function ask(
  { network }: DevicePorts,
  who: string,
  options: AskOptions,
  tellsLength = false,
): Promise<NetworkResponse> {
  try {
    return await network.request({ method: "GET", headers: {}, ...options });
  } catch (cause) {
    if (isTidelineError(cause) && (tellsLength || cause.code !== "DATA_MALFORMED")) throw cause;
    throw tidelineError("UNAVAILABLE", { who, field: options.url, received: messageOf(cause), cause });
  }
}

/**
 * Body of a GET that was answered with 200. Throws what {@link ask} throws, `UNAVAILABLE` for another status, `missing`
 * for 404, and `ARTIFACT_CORRUPT` where a network hands over more than it was allowed to read.
 */
export async function askBytes(
  ports: DevicePorts,
  options: AskOptions,
  missing: ErrorCode = "NOT_FOUND",
): Promise<Uint8Array> {
  const { url, maxBytes } = options;
  const { status, body } = await ask(ports, "update", options);
  if (status !== 200) fail(status === 404 ? missing : "UNAVAILABLE", "update", url, status);
  if (body.length > maxBytes) fail("ARTIFACT_CORRUPT", "update", url, body.length, `${maxBytes} bytes`);
  return body;
}

/** JSON of a GET. Throws what {@link askBytes} throws, and `RELEASE_MALFORMED` where it is no JSON. */
export async function askJson(ports: DevicePorts, options: AskOptions): Promise<unknown> {
  const value = parseJson(await askBytes(ports, options), ports.text);
  return value ?? fail("RELEASE_MALFORMED", "update", options.url, "no JSON");
}

/** Value of the `Authorization` header: the write key as user name (RFC 7617). */
export function authorisation(writeKey: string, text: TextCodec): string {
  return `Basic ${toBase64(text.encode(`${writeKey}:`))}`;
}
