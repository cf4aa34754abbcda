import type { ClientLimits } from "./limits.ts";

/** Longest pause that a server may ask for, milliseconds: an hour. */
const LONGEST_REQUESTED = 3_600_000;

/** Pause that a `Retry-After` asks for (RFC 9110, section 10.2.3), in milliseconds, or null. */
export function retryAfter(headers: Readonly<Record<string, string>>): number | null {
  const text = headers["retry-after"] ?? "";
  // A date is held against the server's own clock, since the device's may be wrong.
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.parse(headers["date"] ?? "");
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_REQUESTED) : null;
}

/** Pause after the `failures`-th failure in a row: doubled each time, bounded, and between half and all of that. */
export function backoff(
  failures: number,
  { backoffMs, maxBackoffMs }: Pick<ClientLimits, "backoffMs" | "maxBackoffMs">,
  random: (length: number) => Uint8Array,
): number {
  const bound = Math.min(maxBackoffMs, backoffMs * 2 ** (failures - 1));
  return Math.round(bound * (0.5 + random(1)[0]! / 510));
}
