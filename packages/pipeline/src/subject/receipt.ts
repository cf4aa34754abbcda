import {
  openEnvelope,
  tidelineError,
  type Envelope,
  type RootMetadata,
  type VerifyPorts,
} from "@tideline/spec";
import type { ErasedKind } from "../catalog/index.ts";
import { signEnvelope, type SigningKey } from "../release/index.ts";
import type { LinkedCounts } from "./erasure-step.ts";
import type { Survey } from "./survey.ts";

/** Media type of a receipt. */
export const RECEIPT_TYPE = "application/vnd.tideline.receipt+json";

/** Version of a receipt. */
const RECEIPT_FORMAT = 1;

/** What a person, or who asked for them, gets when an erasure is done. It names nobody. */
export interface ErasureReceipt {
  readonly type: "receipt";
  readonly format: typeof RECEIPT_FORMAT;
  readonly kind: "erase";
  readonly app: string;
  /** Id of the request. */
  readonly request: string;
  readonly requested_at: number;
  readonly erased_at: number;
  /** Hashes of the installs and pseudonyms that are refused from now on; see `erasedHash`. */
  readonly refused: readonly { readonly kind: ErasedKind; readonly hash: string }[];
  /** What was found and taken out. */
  readonly removed: Omit<Survey, "models">;
  /**
   * Other ids that phones had claimed to be the same person's: how many were followed, on the phones that say so, and
   * of how many other phones' rows were left. Receipts of before this was kept lack it.
   */
  readonly aliases?: LinkedCounts;
  /** The snapshot to use from now on; null where there was none. */
  readonly snapshot: string | null;
  /** Models that had learned from the person, and what becomes of them. */
  readonly models: { readonly policy: "keep" | "retrain"; readonly trained: Survey["models"] };
  /** What lies outside of the folder and was not reached. */
  readonly remains: readonly string[];
}

/** Signs a receipt with the release key. */
export function signReceipt(receipt: ErasureReceipt, key: SigningKey): Envelope {
  return signEnvelope(RECEIPT_TYPE, receipt, [key]);
}

/**
 * The receipt of an envelope, held against the roots of a folder: a receipt does not expire, so that one that an
 * earlier release key signed stays good.
 *
 * @throws `RELEASE_MALFORMED`, `RELEASE_SIGNATURE_INVALID`
 */
export async function verifyReceipt(
  envelope: Envelope,
  roots: readonly RootMetadata[],
  ports: VerifyPorts,
): Promise<ErasureReceipt> {
  let fault: unknown = tidelineError("RELEASE_SIGNATURE_INVALID", {
    who: "receipt",
    expected: "a root that names its key",
    received: "no root",
  });
  for (const root of roots.toReversed()) {
    try {
      const { release } = root.roles;
      const receipt = (await openEnvelope(
        envelope,
        RECEIPT_TYPE,
        release,
        root.keys,
        ports,
      )) as ErasureReceipt;
      if (receipt.type === "receipt" && receipt.format === RECEIPT_FORMAT) return receipt;
      throw tidelineError("RELEASE_MALFORMED", {
        who: "receipt",
        field: "format",
        expected: `a receipt of format ${RECEIPT_FORMAT}`,
        received: String(receipt.format),
      });
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}
