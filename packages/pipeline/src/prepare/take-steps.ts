import { nearestRemedy } from "@tideline/learn/nearest-name";
import type { FrameSchema } from "@tideline/learn/frame";
import type { CheckSet } from "@tideline/learn/check";
import {
  fittedChain,
  isRule,
  type FittedChain,
  type FittedStep,
  type StepLog,
} from "@tideline/learn/transform";
import { tidelineError } from "@tideline/spec";
import { asksOwn, checksOf } from "./check-plan.ts";
import { checkStep, type NamedParts, type PartReport } from "./check-step.ts";
import { moduleCode } from "./code-hash.ts";
import { fitStep } from "./fit-step.ts";
import { labelStep } from "./label-step.ts";
import { cleanStep, ruleStep } from "./mask-step.ts";
import { ownDefinitions } from "./own-step.ts";
import { partSchema, type Part } from "./part.ts";
import type { Preparation } from "./preparation.ts";
import type { Preparing } from "./preparing.ts";
import { readStep } from "./read-step.ts";
import { splitStep, type Parts } from "./split-step.ts";
import { causeOf } from "./step-cause.ts";
import type { StepFile } from "./step-file.ts";
import { openTableSource, type OpenedTable } from "./table-source.ts";
import { chainLine } from "./stored-step.ts";
import { viewStep } from "./view-step.ts";

/** Where the steps of a preparation lead. */
export interface PreparedSteps {
  readonly parts: Parts;
  /** Undefined without steps. */
  readonly chain: FittedChain | undefined;
  /** The columns that steps were given. */
  readonly given: FrameSchema;
  readonly classes: readonly string[] | null;
  readonly quarantine: readonly StepFile[];
  readonly reports: readonly PartReport[];
  readonly opened: OpenedTable;
}

/** Takes rows from their source through every step. */
export async function takeSteps(preparing: Preparing, definition: Preparation): Promise<PreparedSteps> {
  const { source, checks, custom, clean, views, split, steps, label, beside } = definition;
  const own = custom === undefined ? {} : { own: { ...custom, code: moduleCode(custom.module) } };
  const quarantine: StepFile[] = [];
  const reports: PartReport[] = [];
  const checked = async (name: string, set: CheckSet, parts: NamedParts): Promise<NamedParts> => {
    const left = await checkStep(preparing, { name, set, ...(asksOwn(set) ? own : {}) }, parts);
    quarantine.push(left.quarantine);
    reports.push(...left.reports);
    return left.parts;
  };
  const opened = await openTableSource(source);
  preparing.watched.push(opened);
  const read = await readStep(preparing, opened, beside);
  if (read.quarantine !== undefined) quarantine.push(read.quarantine);
  let all: Part = read.part;
  wantColumns(await partSchema(all), beside);
  if (checks.source !== undefined) all = (await checked("check source", checks.source, { all }))["all"]!;
  for (const [at, rule] of clean.entries())
    all = await cleanStep(preparing, all, rule, causeOf(rule, `clean ${at}`));
  for (const view of views) all = await viewStep(preparing, all, view);
  let parts: Parts = await splitStep(preparing, all, split);
  const given = (await partSchema(parts.train)).filter(({ name }) => !parts.train.beside.includes(name));
  const learns = steps.some((step) => step.traits.labels !== "none");
  const labels = label === undefined || !learns ? undefined : await labelStep(preparing, label, parts.train);
  const plan = { split, labels, own: ownDefinitions([...clean, ...steps]) };
  const fitted: FittedStep[] = [];
  const log: StepLog[] = [];
  for (const [at, step] of steps.entries()) {
    const cause = causeOf(step, `step ${at}`);
    if (isRule(step)) {
      const left = await ruleStep(preparing, parts.train, step, cause, plan.own);
      parts = Object.freeze({ ...parts, train: left.train });
      fitted.push(left.step);
    } else {
      const left = await fitStep(preparing, step, parts, cause, plan);
      parts = left.parts;
      fitted.push(left.step);
    }
    const { rowsIn, rowsOut, reasons: why } = preparing.lines.at(-1)!;
    log.push(chainLine(fitted[at]!, at, { rowsIn, rowsOut, why }));
    const there = new Set((await partSchema(parts.train)).map(({ name }) => name));
    const every = checks.every === undefined ? undefined : checksOf(checks.every, there);
    for (const [name, set] of [
      [`check after ${at}`, checks.after?.[at]],
      [`check every ${at}`, every],
    ] as const)
      if (set !== undefined) parts = (await checked(name, set, parts as NamedParts)) as unknown as Parts;
  }
  const labelled = steps.flatMap((step, at) =>
    labels !== undefined && step.traits.labels !== "none" ? [at] : [],
  );
  return {
    parts,
    chain: fitted.length === 0 ? undefined : fittedChain(fitted, log, labelled),
    given,
    classes: labels?.classes ?? null,
    quarantine,
    reports,
    opened,
  };
}

function wantColumns(schema: FrameSchema, beside: readonly string[]): void {
  const there = new Set(schema.map(({ name }) => name));
  const absent = beside.find((name) => !there.has(name));
  if (absent === undefined) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "prepare",
    field: "label or beside",
    expected: `columns of the table: ${[...there].map((name) => JSON.stringify(name)).join(", ")}`,
    received: JSON.stringify(absent),
    remedy: nearestRemedy(absent, [...there]),
  });
}
