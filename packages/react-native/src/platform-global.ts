import type { FetchFunction } from "./network/fetch-network.ts";
import type { HttpRequest } from "./network/xhr-network.ts";

/** What React Native puts into the global scope and ECMAScript does not have. */
export interface PlatformGlobal {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  readonly performance?: { now(): number };
  readonly XMLHttpRequest?: new () => HttpRequest;
  readonly AbortController?: new () => { readonly signal: unknown; abort(): void };
  readonly fetch?: FetchFunction;
}

/** The global scope of React Native, as far as the adapters use it. */
export const platformGlobal: PlatformGlobal = globalThis as unknown as PlatformGlobal;
