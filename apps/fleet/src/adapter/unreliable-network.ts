import type { Network, NetworkRequest, NetworkResponse } from "@tideline/device";
import type { Clock } from "@tideline/spec";
import type { Random } from "../random.ts";

/** How bad a network is. */
export interface Unreliability {
  /** Every `every` milliseconds of the shared clock there is no connection for `lasts` of them; null for never. */
  readonly outage: { readonly every: number; readonly lasts: number; readonly offset: number } | null;
  /** Share of batches that the server gets but whose answer is lost, so that they are sent again. */
  readonly loseAnswer: number;
  /** Share of batches that are sent twice, as a proxy that repeats requests does. */
  readonly sendTwice: number;
}

/** Whether an outage covers a time of the shared clock. */
export function isOut({ outage }: Unreliability, now: number): boolean {
  if (outage === null) return false;
  const { every, lasts, offset } = outage;
  return (((now - offset) % every) + every) % every < lasts;
}

/** A network as phones have it, over one that works; only uploads are repeated or lose their answer. */
export function unreliableNetwork(
  network: Network,
  unreliability: Unreliability,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Network {
  const { loseAnswer, sendTwice } = unreliability;
  const connect = (request: NetworkRequest): Promise<NetworkResponse> =>
    isOut(unreliability, clock())
      ? Promise.reject(new Error(`no connection to ${request.url}: an outage`))
      : network.request(request);

  const upload = async (request: NetworkRequest): Promise<NetworkResponse> => {
    const [lost, twice] = [random.uniform() < loseAnswer, random.uniform() < sendTwice];
    const [answer] = await Promise.all([connect(request), ...(twice ? [connect(request)] : [])]);
    if (lost) throw new Error(`the connection to ${request.url} broke before the answer`);
    return answer!;
  };

  return Object.freeze({
    request: (request: NetworkRequest) =>
      request.url.endsWith("/v1/batch") ? upload(request) : connect(request),
  });
}
