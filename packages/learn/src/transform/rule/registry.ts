import type { AnyRowRuleDef } from "../row-rule.ts";
import { DROP_MISSING } from "./drop-missing.ts";

/** Every rule about rows by its kind; sorted. */
export const ROW_RULES = {
  dropMissing: DROP_MISSING,
} satisfies Record<string, AnyRowRuleDef>;
