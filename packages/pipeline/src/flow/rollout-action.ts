import { tidelineError } from "@tideline/spec";
import { checkShare } from "../release/index.ts";

/** What the owner asks of the roll-out of a channel, such as `activity/stable`. */
export type RolloutAction = { readonly channel: string } & (
  | {
      /** The release on offer for more phones, or for fewer new ones. */
      readonly kind: "share";
      readonly share: number;
      /** The version that was seen on offer: where it is another one by now, nothing is changed. */
      readonly version: number;
    }
  | {
      /** Back to the release before; a kill switch where there was none. */
      readonly kind: "halt";
      /** A version of the release that was seen on offer: another release is not withdrawn in its place. */
      readonly version: number;
    }
  /** No model at all until the next release, whatever is on offer. */
  | { readonly kind: "kill" }
  | {
      /** An older release again, for a share of the phones. */
      readonly kind: "offer";
      readonly share: number;
      /** The version to be offered again. */
      readonly version: number;
    }
);

/**
 * An action that came over the wire.
 *
 * @throws `ARGUMENT_INVALID`
 */
export function readRolloutAction(value: unknown): RolloutAction {
  const { channel, kind, share, version } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof channel === "string" && channel !== "") {
    if (kind === "kill") return { channel, kind };
    if (Number.isSafeInteger(version)) {
      const of = { channel, version: version as number };
      if (kind === "halt") return { ...of, kind };
      if (kind === "share" || kind === "offer") return { ...of, kind, share: checkShare(Number(share)) };
    }
  }
  throw tidelineError("ARGUMENT_INVALID", {
    who: "rollout",
    field: "action",
    expected: 'a channel and "share", "halt", "kill" or "offer" with the version and share that they need',
    received: JSON.stringify(value)?.slice(0, 99) ?? "nothing",
  });
}
