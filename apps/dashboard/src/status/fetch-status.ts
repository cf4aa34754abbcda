import type { LoopStatus } from "@tideline/spec";
import { readStatus } from "./read-status.ts";

/** Where the server tells how the loop stands. */
const ADDRESS = "/v1/status";

/** An answer that takes longer counts as none; the loop answers from memory, within milliseconds. */
const PATIENCE = 5000;

/** What asking once came to: a status, or the reason why there is none, as the end of a sentence. */
export type StatusAnswer =
  | { readonly status: LoopStatus; readonly reason: null }
  | { readonly status: null; readonly reason: string };

/** Asks the server once. Never rejects: that the server is gone is an ordinary answer here. */
export async function fetchStatus(stop: AbortSignal): Promise<StatusAnswer> {
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE)]);
    const response = await fetch(ADDRESS, { signal, headers: { accept: "application/json" } });
    if (!response.ok) return { status: null, reason: `the server answered ${response.status}` };
    const status = readStatus(await response.json());
    return status === null
      ? { status: null, reason: "the answer is no status that this page understands" }
      : { status, reason: null };
  } catch (error) {
    if (error instanceof SyntaxError) return { status: null, reason: "the answer is not JSON" };
    const slow = error instanceof DOMException && error.name === "TimeoutError";
    return { status: null, reason: slow ? "the server does not answer" : "the server cannot be reached" };
  }
}
