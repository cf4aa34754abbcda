import type { Network, NetworkRequest, NetworkResponse } from "@tideline/device";
import { concatBytes, isTidelineError, messageOf } from "@tideline/spec";
import { platformGlobal } from "../platform-global.ts";
import { noAnswer, tooLong } from "./too-long.ts";

/** Reads an answer in parts. */
interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<unknown>;
}

/** The part of a `Response` that the adapter uses. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: {
    get(name: string): string | null;
    forEach(visit: (value: string, name: string) => void): void;
  };
  readonly body?: { getReader(): ByteReader } | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The part of `fetch` that the adapter uses. */
export type FetchFunction = (
  url: string,
  options: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: Uint8Array<ArrayBuffer>;
    readonly signal: never;
    readonly credentials: "omit";
  },
) => Promise<FetchResponse>;

async function bodyOf(response: FetchResponse, { url, maxBytes }: NetworkRequest): Promise<Uint8Array> {
  if (Number(response.headers.get("content-length")) > maxBytes) throw tooLong(url, maxBytes);
  const reader = response.body?.getReader();
  if (reader === undefined) {
    const whole = new Uint8Array(await response.arrayBuffer());
    if (whole.length > maxBytes) throw tooLong(url, maxBytes);
    return whole;
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return concatBytes(parts);
    bytes += value.length;
    if (bytes > maxBytes) {
      reader.cancel().catch(() => undefined);
      throw tooLong(url, maxBytes);
    }
    parts.push(value);
  }
}

async function send(fetch: FetchFunction, wanted: NetworkRequest): Promise<NetworkResponse> {
  const controller = new platformGlobal.AbortController!();
  let late = false;
  const timer = platformGlobal.setTimeout(() => {
    late = true;
    controller.abort();
  }, wanted.timeoutMs);
  try {
    const response = await fetch(wanted.url, {
      method: wanted.method,
      headers: { ...wanted.headers },
      ...(wanted.body === undefined ? {} : { body: wanted.body as Uint8Array<ArrayBuffer> }),
      signal: controller.signal as never,
      credentials: "omit",
    });
    const body = await bodyOf(response, wanted);
    const headers: Record<string, string> = {};
    response.headers.forEach((value, name) => {
      headers[name.toLowerCase()] = value;
    });
    return { status: response.status, headers, body };
  } catch (error) {
    if (late) throw noAnswer(wanted.url, "no answer in time");
    controller.abort();
    throw isTidelineError(error) ? error : noAnswer(wanted.url, messageOf(error));
  } finally {
    platformGlobal.clearTimeout(timer);
  }
}

/**
 * HTTP by a `fetch` whose answers can be read in parts, as that of `expo/fetch`: `maxBytes` holds while the answer
 * comes. With one that has no `body` the answer is refused after it came whole; take {@link xhrNetwork} there.
 *
 * @example fetchNetwork(fetch) // import { fetch } from "expo/fetch"
 */
export function fetchNetwork(fetch: FetchFunction): Network {
  return Object.freeze({ request: (wanted: NetworkRequest) => send(fetch, wanted) });
}
