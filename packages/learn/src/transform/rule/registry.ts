import { CHECK_ROWS } from "../../check/check-rule.ts";
import type { AnyRowRuleDef } from "../row-rule.ts";
import { REMOVE_OUTLIERS } from "../outlier/remove-outliers.ts";
import { DEDUPLICATE } from "./deduplicate.ts";
import { DROP_MISSING } from "./drop-missing.ts";

/** Every rule about rows by its kind; sorted. */
export const ROW_RULES = {
  checkRows: CHECK_ROWS,
  deduplicate: DEDUPLICATE,
  dropMissing: DROP_MISSING,
  removeOutliers: REMOVE_OUTLIERS,
} satisfies Record<string, AnyRowRuleDef>;
