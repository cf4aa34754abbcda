import { dropColumns, type Frame, type FrameSchema } from "@tideline/learn/frame";
import {
  rejectedBy,
  type FittedRowRule,
  type ReadChainOptions,
  type RowRule,
  type RowVerdict,
} from "@tideline/learn/transform";
import { isTidelineError, tidelineError } from "@tideline/spec";
import { keepMask } from "./keep-mask.ts";
import { changed, partId, partSchema, readPart, seenColumns, type Part } from "./part.ts";
import {
  runStep,
  stepPath,
  type PartCount,
  type Preparing,
  type StepCause,
  type StepLeft,
} from "./preparing.ts";
import { masked, SOURCE_ROW } from "./row-change.ts";
import { writeStepFile, type StepFile } from "./step-file.ts";
import { restoreStep, storeStep } from "./stored-step.ts";

/** Adds counts of rows by reason. */
export function addReasons(why: Record<string, number>, verdict: RowVerdict): void {
  for (const [reason, rows] of Object.entries(rejectedBy(verdict))) why[reason] = (why[reason] ?? 0) + rows;
}

/**
 * A rule about all rows, before they are parted: it sees every column of the table.
 *
 * @throws DEFINITION_ILLEGAL for a rule that learns from rows, which would learn from those that are held out.
 */
export async function cleanStep(
  preparing: Preparing,
  all: Part,
  rule: RowRule,
  cause: Omit<StepCause, "input">,
): Promise<Part> {
  const schema = (await partSchema(all)).filter(({ name }) => name !== SOURCE_ROW);
  const fitted = fittedWithoutRows(rule, schema);
  if (fitted === undefined)
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: "prepare",
      field: "clean",
      expected: "rules that learn nothing, because all rows go through them",
      received: rule.kind,
      remedy: "Put it into `steps`, where it learns from training rows.",
    });
  const { files } = await runStep<StepLeft>(
    preparing,
    { ...cause, input: partId(all) },
    async (key, count) => {
      const sees = (rows: Frame) => dropColumns(rows, [SOURCE_ROW]);
      const { keep, counts, why } = await judged(preparing, key, fitted, all, sees, count);
      return { files: { keep }, parts: { all: counts }, why };
    },
  );
  return changed(all, masked(preparing.root, files["keep"]!));
}

/** What a rule of the steps leaves: the training rows that stay, and what it learnt. */
export interface FittedRuleRows {
  readonly train: Part;
  readonly step: FittedRowRule;
}

/** A rule about training rows, fitted to them; it sees the columns that steps see. */
export async function ruleStep(
  preparing: Preparing,
  train: Part,
  rule: RowRule,
  cause: Omit<StepCause, "input">,
  own: ReadChainOptions,
): Promise<FittedRuleRows> {
  const schema = (await partSchema(train)).filter(({ name }) => !train.beside.includes(name));
  const sees = (rows: Frame) => seenColumns(rows, train.beside);
  const { files } = await runStep<StepLeft>(
    preparing,
    { ...cause, input: partId(train) },
    async (key, count) => {
      const fitted = fittedWithoutRows(rule, schema) ?? (await fittedRule(rule, schema, train, count));
      const fit = await storeStep(preparing.root, stepPath(key, "fit.tltf"), fitted);
      const { keep, counts, why } = await judged(preparing, key, fitted, train, sees, count);
      return { files: { fit, keep }, parts: { train: counts }, why };
    },
  );
  const step = await restoreStep(preparing.root, files["fit"]!, own);
  return { train: changed(train, masked(preparing.root, files["keep"]!)), step: step as FittedRowRule };
}

/** A rule as it is before any row comes, where that is all that it ever is. */
function fittedWithoutRows(rule: RowRule, schema: FrameSchema): FittedRowRule | undefined {
  const fit = rule.start(schema);
  try {
    const fitted = fit.finish();
    return fitted.state === null ? fitted : undefined;
  } catch (error) {
    if (isTidelineError(error, "NOT_ENOUGH_DATA")) return undefined;
    throw error;
  }
}

async function fittedRule(
  rule: RowRule,
  schema: FrameSchema,
  train: Part,
  count: (rows: number) => void,
): Promise<FittedRowRule> {
  const fit = rule.start(schema);
  for await (const rows of readPart(train)) {
    fit.add(seenColumns(rows, train.beside));
    count(rows.rows);
  }
  return fit.finish();
}

/** The verdict on every row of a part, as bits. */
async function judged(
  { root }: Preparing,
  key: string,
  fitted: FittedRowRule,
  part: Part,
  sees: (rows: Frame) => Frame,
  count: (rows: number) => void,
): Promise<{ keep: StepFile; counts: PartCount; why: Record<string, number> }> {
  const judge = fitted.judging();
  const mask = keepMask();
  const why: Record<string, number> = {};
  for await (const rows of readPart(part)) {
    const verdict = judge(sees(rows));
    mask.add(verdict.keep);
    addReasons(why, verdict);
    count(rows.rows);
  }
  const gone = Object.values(why).reduce((sum, one) => sum + one, 0);
  const keep = await writeStepFile(root, stepPath(key, "keep"), mask.bytes());
  return { keep, counts: { rowsIn: mask.rows(), rowsOut: mask.rows() - gone }, why };
}
