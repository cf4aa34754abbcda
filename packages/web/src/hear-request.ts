import type { Network, OpenRequest } from "@tideline/device";

/** An answer holds a receipt of a few kilobytes. */
const ANSWER_BYTES = 1 << 18;

const isState = (state: unknown): state is OpenRequest["state"] =>
  ["accepted", "running", "done", "failed"].includes(state as string);

/**
 * How a request that was made stands by now. Asking for it anew instead would make another one each time that the
 * server could not do it, as for an install of which it holds nothing.
 *
 * @returns null where the server has it no more, or does not say.
 */
export async function hearRequest(network: Network, request: OpenRequest): Promise<OpenRequest | null> {
  const { url, headers } = request;
  if (url === null) return null;
  const { status, body } = await network.request({
    method: "GET",
    url,
    headers,
    timeoutMs: 30_000,
    maxBytes: ANSWER_BYTES,
  });
  if (status !== 200) return null;
  const { state } = JSON.parse(new TextDecoder().decode(body)) as { readonly state?: unknown };
  return isState(state) ? { ...request, state } : null;
}
