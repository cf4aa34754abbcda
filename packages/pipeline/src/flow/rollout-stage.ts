import type { RolloutPlan } from "@tideline/spec";
import type { RolloutHealth } from "../monitor/index.ts";
import type { RolloutHistory } from "./rollout-history.ts";

/** The share that a plan offers a release to next, and what must be so before. */
export interface NextStage {
  readonly share: number;
  /** Not before this moment; milliseconds since 1970. */
  readonly from: number;
  /** Phones that took it and do well. */
  readonly well: number;
  /** As many of them there must be. */
  readonly minPhones: number;
}

/** What comes next of a roll-out by its plan; null at its end. */
export function nextStage(
  { manifest, sharedSince }: Pick<RolloutHistory, "manifest" | "sharedSince">,
  { shares, each, minPhones }: RolloutPlan,
  { phones, failing }: Pick<RolloutHealth, "phones" | "failing">,
): NextStage | null {
  const now = manifest.rollout?.share ?? 1;
  const share = shares.find((one) => one > now);
  return share === undefined ? null : { share, from: sharedSince + each, well: phones - failing, minPhones };
}

/** Whether a release is offered to its next share now. */
export function isDue({ from, well, minPhones }: NextStage, now: number): boolean {
  return now >= from && well >= minPhones;
}
