import {
  isTidelineError,
  messageOf,
  parseJson,
  tidelineError,
  toBase64,
  type ErrorCode,
} from "@tideline/spec";
import type { DevicePorts, NetworkRequest, NetworkResponse } from "./ports.ts";

/** A request, a GET without headers where nothing else is said. */
export type AskOptions = Pick<NetworkRequest, "url" | "timeoutMs" | "maxBytes"> & Partial<NetworkRequest>;

/** The answer to a request, whatever its status. Throws `UNAVAILABLE` where there is none, and a port's own codes. */
export async function ask(ports: DevicePorts, who: string, options: AskOptions): Promise<NetworkResponse> {
  try {
    return await ports.network.request({ method: "GET", headers: {}, ...options });
  } catch (cause) {
    if (isTidelineError(cause)) throw cause;
    throw tidelineError("UNAVAILABLE", { who, field: options.url, received: messageOf(cause), cause });
  }
}

/** Body of a GET that was answered with 200. Throws `UNAVAILABLE`, `missing` for 404, and `ARTIFACT_CORRUPT` for too much. */
export async function askBytes(
  ports: DevicePorts,
  who: string,
  options: AskOptions,
  missing: ErrorCode = "NOT_FOUND",
): Promise<Uint8Array> {
  const { status, body } = await ask(ports, who, options);
  const { url: field, maxBytes } = options;
  if (status !== 200) {
    const code = status === 404 ? missing : "UNAVAILABLE";
    throw tidelineError(code, { who, field, expected: "200", received: `${status}` });
  }
  if (body.length <= maxBytes) return body;
  const received = `${body.length} bytes`;
  throw tidelineError("ARTIFACT_CORRUPT", { who, field, expected: `at most ${maxBytes} bytes`, received });
}

/** JSON of a GET. Throws what {@link askBytes} throws, and `RELEASE_MALFORMED` where it is no JSON. */
export async function askJson(ports: DevicePorts, who: string, options: AskOptions): Promise<unknown> {
  const value = parseJson(await askBytes(ports, who, options), ports.text);
  if (value !== undefined) return value;
  throw tidelineError("RELEASE_MALFORMED", { who, field: options.url, expected: "JSON" });
}

/** Value of the `Authorization` header: the write key as user name (RFC 7617). */
export function authorisation(writeKey: string, { text }: Pick<DevicePorts, "text">): string {
  return `Basic ${toBase64(text.encode(`${writeKey}:`))}`;
}
