import { concatBytes, tidelineError } from "@tideline/spec";
import type { Network, NetworkRequest, NetworkResponse } from "@tideline/device";

/** Bytes of bodies that may still be under way when the page is gone (Fetch Standard, section 4.6: 64 KiB). */
const KEEPALIVE_BYTES = 60_000;

/** The body, as long as it stays within bounds. */
async function readBody(response: Response, { maxBytes, url }: NetworkRequest): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // Not `for await`: Safari's streams cannot be iterated.
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || value === undefined) return concatBytes(parts);
    length += value.length;
    if (length > maxBytes) {
      await reader?.cancel();
      const expected = `at most ${maxBytes} bytes`;
      throw tidelineError("DATA_MALFORMED", { who: "network", field: url, expected });
    }
    parts.push(value);
  }
}

/**
 * HTTP by `fetch`: no cookies, no cache, no redirect to an address that nobody checked; small bodies go out even when
 * the page is left. Rejects with `DATA_MALFORMED` an answer that is longer than the request takes.
 */
export const fetchNetwork: Network = Object.freeze({
  request: async (request: NetworkRequest): Promise<NetworkResponse> => {
    const { url, method, headers, body, timeoutMs } = request;
    const response = await fetch(url, {
      method,
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "no-referrer",
      keepalive: body !== undefined && body.length <= KEEPALIVE_BYTES,
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await readBody(response, request),
    };
  },
});
