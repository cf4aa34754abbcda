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
 * Whether a phone is within the share of a roll-out: the first 4 bytes of SHA-256 over `salt:install`, big-endian, as a
 * fraction of 2^32, are below the share. So a phone stays within a share that grows.
 *
 * @example
 * const taken = await isWithin(release.rollout, install, ports);
 */
export async function isWithin(
  { share, salt }: Rollout,
  install: string,
  { digest, text }: { readonly digest: Digest; readonly text: TextCodec },
): Promise<boolean> {
  const { buffer, byteOffset } = await digest(text.encode(`${salt}:${install}`));
  return new DataView(buffer, byteOffset).getUint32(0) < share * 2 ** 32;
}
