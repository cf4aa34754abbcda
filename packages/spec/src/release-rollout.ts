import type { Digest, TextCodec } from "./port.ts";
import type { Envelope } from "./release.ts";

/** To how many phones a release is offered: a stage of its roll-out. */
export interface Rollout {
  /** Of all phones, above 0 and at most 1. */
  readonly share: number;
  /** Names the roll-out: each one picks its phones anew, and the stages of one pick the same phones and more. */
  readonly salt: string;
  /** What phones outside of the share take where they have less: the release before, signed again. */
  readonly otherwise?: Envelope;
}

/**
 * Whether a phone is within the share of a roll-out: the first 4 bytes of SHA-256 over `salt:draw`, big-endian, as a
 * fraction of 2^32, are below the share. So a phone stays within a share that grows. `draw` is text that the phone drew
 * once and tells nobody.
 *
 * @example
 * const taken = await isWithin(release.rollout, draw, ports);
 */
export async function isWithin(
  { share, salt }: Rollout,
  draw: string,
  { digest, text }: { readonly digest: Digest; readonly text: TextCodec },
): Promise<boolean> {
  const { buffer, byteOffset } = await digest(text.encode(`${salt}:${draw}`));
  return new DataView(buffer, byteOffset).getUint32(0) < share * 2 ** 32;
}

/** How new releases of a model reach phones. Plain data of its definition. */
export interface RolloutPlan {
  /** Shares of the phones, one after the other, rising; the last one is 1 where the loop shall end it. */
  readonly shares: readonly number[];
  /** Milliseconds at each share at least, before it grows. */
  readonly each: number;
  /** Phones that must have reported how the release runs before anything follows from it. */
  readonly minPhones: number;
  /** The release is withdrawn when a larger share of its phones fails than this, and than of those of the one before. */
  readonly mostFailing: number;
}

/** Every phone at once, watched: where a model declares no plan. */
export const DEFAULT_ROLLOUT: RolloutPlan = /* @__PURE__ */ Object.freeze({
  shares: [1],
  each: 0,
  minPhones: 5,
  mostFailing: 0.1,
});

/** What is wrong with a plan, or undefined. */
export function planFault({ shares, each, minPhones, mostFailing }: RolloutPlan): string | undefined {
  const rises = shares.every((share, at) => share > (shares[at - 1] ?? 0) && share <= 1);
  if (shares.length === 0 || !rises) return "shares: rising, above 0 and at most 1";
  if (!(each >= 0)) return "each: milliseconds of at least 0";
  if (!Number.isInteger(minPhones) || minPhones < 1) return "minPhones: an integer of at least 1";
  if (!(mostFailing >= 0 && mostFailing < 1)) return "mostFailing: at least 0 and below 1";
  return undefined;
}
