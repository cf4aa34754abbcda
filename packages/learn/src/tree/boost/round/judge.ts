import { tidelineError } from "@tideline/spec";
import type { BoostSettings } from "../boost-setting.ts";
import type { RoundRecord } from "./round-record.ts";

/** Watches for the best round. */
export interface Judge {
  /** Whether this round is the best so far. @throws TRAINING_DIVERGED for a result that is no number. */
  sees(record: RoundRecord): boolean;
  /** The best so far; 0 for none. */
  readonly best: number;
}

/** A judge of rounds by loss or metric; of equals the earlier is better. */
export function judgeOf({
  monitor,
  metric,
  minDelta,
}: Pick<BoostSettings, "monitor" | "metric" | "minDelta">): Judge {
  const sign = monitor === "metric" && metric?.better === "higher" ? 1 : -1;
  let best = 0;
  let value = -Infinity;
  return {
    get best() {
      return best;
    },
    sees(record) {
      const judged = monitor === "metric" ? record.metric : record.validationLoss;
      if (judged === undefined) return false;
      if (Number.isNaN(judged))
        throw tidelineError("TRAINING_DIVERGED", {
          who: "boostedTrees.fit",
          field: `round ${record.round}, ${monitor} of the validation rows`,
          expected: "a number",
          received: "NaN",
          remedy:
            "Check that the validation rows have every class, and what a function of your own gives; lower the rate.",
        });
      if (!(sign * judged > value + minDelta)) return false;
      best = record.round;
      value = sign * judged;
      return true;
    },
  };
}
