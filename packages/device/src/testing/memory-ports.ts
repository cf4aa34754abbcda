import type { DevicePorts, Network, NetworkRequest, NetworkResponse } from "../ports.ts";
import { createMemorySecure } from "./memory-secure.ts";
import { createMemoryStorage } from "./memory-storage.ts";

/** What a test must bring, because ECMAScript has none of it. */
export type PlatformPorts = Pick<DevicePorts, "text" | "digest" | "verify">;

/**
 * Ports without a platform: storage in memory, no network, no runtime, a clock that stands at `now` and goes on by
 * what the timer waits, pseudo-random bytes from a counter, and a gzip that changes nothing.
 *
 * @example const ports = createMemoryPorts(platform, { network: { request: answer } });
 */
export function createMemoryPorts(
  platform: PlatformPorts,
  overrides: Partial<DevicePorts> = {},
): DevicePorts {
  let now = 1_700_000_000_000;
  let state = 1;
  return {
    storage: createMemoryStorage(),
    network: offline,
    clock: () => now,
    monotonic: () => now,
    timer: {
      wait: async (ms) => {
        now += ms;
      },
    },
    // Numerical Recipes' linear congruential generator: repeatable, which is all that a test wants of it.
    random: (length) =>
      Uint8Array.from({ length }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state >>> 24;
      }),
    gzip: (bytes) => Promise.resolve(bytes),
    runtimes: [],
    secure: createMemorySecure(),
    instance: "instance-1",
    ...platform,
    ...overrides,
  };
}

/** A network that is not there. */
export const offline: Network = {
  request: (request: NetworkRequest): Promise<NetworkResponse> =>
    Promise.reject(new Error(`no connection to ${request.url}`)),
};
