import { tidelineError } from "@tideline/spec";
import type { Frame, FrameSource } from "../frame/column.ts";
import { filterRows } from "../frame/filter-rows.ts";
import type { ChainStep } from "../transform/chain.ts";
import type { FittedChain } from "../transform/fitted-chain.ts";
import { isFittedRule } from "../transform/step-log.ts";
import { quarantineOf } from "./check-frame.ts";
import type { CheckReport } from "./check-report.ts";
import { CHECK_ROWS, checkRows, type CheckRowsOptions } from "./check-rule.ts";
import type { PieceVerdict } from "./check-run.ts";

/**
 * Steps with checks behind them, each as a step of its own.
 *
 * @param after by the place of a step in `steps`; -1 is before the first.
 * @throws ARGUMENT_INVALID for a place that there is not; DEFINITION_ILLEGAL as `checkRows`.
 * @example
 * chain(checkedSteps([simpleImputer(), standardScaler()], { 0: { set: afterImputing }, 1: { set: afterScaling } }));
 */
export function checkedSteps(
  steps: readonly ChainStep[],
  after: Readonly<Record<number, CheckRowsOptions>>,
): readonly ChainStep[] {
  const wrong = Object.keys(after).find((key) => {
    const at = Number(key);
    return !Number.isInteger(at) || at < -1 || at >= steps.length;
  });
  if (wrong !== undefined)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "checkedSteps",
      field: "after",
      expected: `places -1 to ${steps.length - 1}`,
      received: wrong,
    });
  const behind = (at: number) => (after[at] === undefined ? [] : [checkRows(after[at])]);
  return Object.freeze([...behind(-1), ...steps.flatMap((step, at) => [step, ...behind(at)])]);
}

/** The reports of the checks in a chain on the rows that it was fitted on, by step. */
export function checkReports(
  fitted: FittedChain,
): readonly { readonly step: number; readonly report: CheckReport }[] {
  return fitted.steps.flatMap((one, step) =>
    one.kind === CHECK_ROWS.kind && isFittedRule(one)
      ? [{ step, report: one.state as unknown as CheckReport }]
      : [],
  );
}

/** Rows that a step of a chain quarantined, as they were when they came to it. */
export interface QuarantinedRows {
  readonly step: number;
  /** With `QUARANTINE_COLUMNS`; the places are those among the rows of the source. */
  readonly rows: Frame;
}

/** The rows of a source that the checks of a fitted chain quarantine, in a pass of their own. */
export async function* quarantinedRows(
  fitted: FittedChain,
  source: FrameSource,
): AsyncGenerator<QuarantinedRows> {
  const judges = fitted.steps.map((step) => (isFittedRule(step) ? step.judging() : undefined));
  let start = 0;
  for await (const piece of source.read()) {
    let rows = piece;
    let places = Float64Array.from({ length: piece.rows }, (_, row) => start + row);
    start += piece.rows;
    for (const [step, one] of fitted.steps.entries()) {
      if (!isFittedRule(one)) {
        rows = one.transform(rows);
        continue;
      }
      const verdict = judges[step]!(rows);
      if (one.kind === CHECK_ROWS.kind) {
        const bad = quarantineOf(rows, verdict as PieceVerdict, places);
        if (bad.rows > 0) yield { step, rows: bad };
      }
      rows = filterRows(rows, verdict.keep);
      places = places.filter((_, row) => verdict.keep[row] === 1);
    }
  }
}
