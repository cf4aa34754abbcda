import {
  RELEASE_TYPE,
  fromBase64,
  tidelineError,
  type Envelope,
  type ReleaseMetadata,
  type Rollout,
} from "@tideline/spec";
import { nodeText } from "../ingest/node-text.ts";
import type { KeyRing } from "./key.ts";
import { signEnvelope } from "./sign.ts";

/** For whom a release is, before it is signed. */
export interface Stage {
  /** Of all phones, above 0 and at most 1. */
  readonly share: number;
  /** The release before, which phones outside of the share take where they have less; null where there is none. */
  readonly former: ReleaseMetadata | null;
}

/** The manifest of an envelope that this folder signed itself. */
export function manifestOf({ envelope }: { readonly envelope: Envelope }): ReleaseMetadata {
  return JSON.parse(nodeText.decode(fromBase64(envelope.payload))) as ReleaseMetadata;
}

/** A share that a roll-out can have. @throws ARGUMENT_INVALID */
export function checkShare(share: number): number {
  if (share > 0 && share <= 1) return share;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "release",
    field: "share",
    expected: "a share of the phones above 0 and at most 1",
    received: String(share),
  });
}

/** The stage that a release is at. */
export function stageOf({ rollout }: ReleaseMetadata): Stage {
  const otherwise = rollout?.otherwise;
  return {
    share: rollout?.share ?? 1,
    former: otherwise === undefined ? null : manifestOf({ envelope: otherwise }),
  };
}

/**
 * A stage as a manifest says it, with the former release signed again for as long as the manifest itself is valid;
 * undefined where the release is for every phone. The salt is the model's own address: each new model picks its phones
 * anew, and each stage of it the same ones and more.
 */
export function rolloutOf(
  { id }: Pick<ReleaseMetadata, "id">,
  { share, former }: Stage,
  { expires, keys }: { readonly expires: number; readonly keys: KeyRing },
): Rollout | undefined {
  if (checkShare(share) === 1) return undefined;
  const salt = id.slice(0, 16);
  if (former === null) return Object.freeze({ share, salt });
  const { rollout: _, ...rest } = former;
  return Object.freeze({
    share,
    salt,
    otherwise: signEnvelope(RELEASE_TYPE, { ...rest, expires }, [keys.releaseKey]),
  });
}
