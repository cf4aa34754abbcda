import { tidelineError } from "@tideline/spec";
import { frame } from "../frame/frame.ts";
import { isRecord, FORMS, type OptionForm } from "../net/estimator/option-form.ts";
import { resolveOptions } from "../transform/resolve-options.ts";
import { ruleOf, type RowRule, type RowRuleDef } from "../transform/row-rule.ts";
import { malformedState } from "../transform/state-check.ts";
import { ALL_KINDS } from "../transform/rule/drop-missing.ts";
import type { StateValue } from "../transform/transform-def.ts";
import { needPassed } from "./check-frame.ts";
import type { CheckSet } from "./check-def.ts";
import { CHECK_REPORT_VERSION, type CheckReport } from "./check-report.ts";
import { checkRun } from "./check-run.ts";
import { checks } from "./check-set.ts";

/** What {@link checkRows} takes. */
export interface CheckRowsOptions {
  readonly set: CheckSet;
  /** Milliseconds since 1970, for `fresh`. */
  readonly now?: number;
}

const SET: OptionForm = { expected: "checks, as checks({ ... }) makes them", fits: isRecord };
const FORMS_OF = { set: SET, now: FORMS.notNegative };

/** The definition behind {@link checkRows}: its state is the report on the rows that it was fitted on. */
export const CHECK_ROWS: RowRuleDef<CheckRowsOptions, StateValue> = Object.freeze({
  kind: "checkRows",
  traits: { accepts: ALL_KINDS, labels: "none", memory: "rows", ordered: true } as const,
  forms: FORMS_OF,
  resolve(given: CheckRowsOptions) {
    const options = resolveOptions("checkRows", FORMS_OF, {}, given, ["set"]);
    const set = checks(options.set);
    const own = Object.values(set.columns).flat();
    if (own.some(({ check }) => check === "custom"))
      throw tidelineError("DEFINITION_ILLEGAL", {
        who: "checkRows",
        field: "set",
        expected: "checks that can be stored with the chain",
        received: "a custom one, which is a function",
        remedy: "Run it by checkFrame or checkedSource.",
      });
    return Object.freeze({ ...options, set });
  },
  begin(
    { set, ...options }: CheckRowsOptions,
    inputs: Parameters<RowRuleDef<CheckRowsOptions, StateValue>["begin"]>[1],
  ) {
    const run = checkRun(set, options, inputs);
    return {
      add: (columns) => void run.add(frame(columns)),
      finish() {
        const report = run.finish();
        needPassed(report);
        return report as unknown as StateValue;
      },
    };
  },
  checkState(state: StateValue) {
    const { format, version } = (isRecord(state) ? state : {}) as Partial<CheckReport>;
    if (format !== "tideline.check" || version !== CHECK_REPORT_VERSION)
      throw malformedState("checkRows", "state", `a report of version ${CHECK_REPORT_VERSION}`, version);
  },
  judge(_: StateValue, { set, ...options }: CheckRowsOptions) {
    const run = checkRun(set, options);
    return (columns) => run.add(frame(columns));
  },
} satisfies RowRuleDef<CheckRowsOptions, StateValue>);

/**
 * Checks as a step of a chain: what a check quarantines leaves the training rows, with its reasons in the chain's log; a
 * check that fails ends the fit with CHECK_FAILED. The report is the fitted step's `state`. `quarantinedRows` gives the rows
 * that went.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not, and for custom checks; ARGUMENT_INVALID for `fresh` without `now`.
 * @example
 * chain([dropMissing({ columns: ["label"] }), checkRows({ set }), standardScaler()]);
 */
export function checkRows(options: CheckRowsOptions): RowRule {
  const set = checks(options.set);
  const named = Object.entries(set.columns).flatMap(([column, own]) => [
    column,
    ...own.flatMap((check) =>
      check.check === "unique" ? (check.with ?? []) : check.check === "rising" && check.by ? [check.by] : [],
    ),
  ]);
  return ruleOf(CHECK_ROWS, {
    ...options,
    set,
    ...(named.length === 0 ? {} : { columns: [...new Set(named)] }),
  });
}
