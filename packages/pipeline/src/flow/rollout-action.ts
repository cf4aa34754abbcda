import { tidelineError } from "@tideline/spec";
import { checkShare } from "../release/index.ts";
import type { RolloutAction } from "./rollout.ts";

/**
 * An action that came over the wire.
 *
 * @throws `ARGUMENT_INVALID`
 */
export function readRolloutAction(value: unknown): RolloutAction {
  const { kind, share, version } = (value ?? {}) as {
    readonly kind?: unknown;
    readonly share?: unknown;
    readonly version?: unknown;
  };
  if (kind === "halt" || kind === "kill") return { kind };
  if (kind === "share") return { kind, share: checkShare(Number(share)) };
  if (kind === "offer" && Number.isSafeInteger(version)) {
    return { kind, version: version as number, share: checkShare(Number(share)) };
  }
  throw tidelineError("ARGUMENT_INVALID", {
    who: "rollout",
    field: "action",
    expected: '"share", "halt", "kill" or "offer" with what they need',
    received: JSON.stringify(value)?.slice(0, 99) ?? "nothing",
  });
}
