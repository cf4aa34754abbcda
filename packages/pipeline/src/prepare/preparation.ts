import type { CheckSet } from "@tideline/learn/check";
import { isRule, type RowRule } from "@tideline/learn/transform";
import { tidelineError } from "@tideline/spec";
import { checkPlan, type CheckPlan, type OwnChecks } from "./check-plan.ts";
import { nameOfType } from "../frame/atomic-file.ts";
import { needKnown, type FieldsOf } from "../known-field.ts";
import { checkStepCode, type PreparationStep } from "./own-step.ts";
import { SOURCE_ROW } from "./row-change.ts";
import { checkSplit, type SplitPlan } from "./split-plan.ts";
import type { TableSource } from "./table-source.ts";
import { checkViewUse, type ViewUse } from "./view-step.ts";

/** What {@link prepare} takes. The fields stand in the order in which rows meet them. */
export interface PreparationOptions {
  /** Names the folder of what comes out: letters, digits, `-` and `_`, at most 64. */
  readonly name: string;
  readonly source: TableSource;
  /** Checks of the source's rows, or when which checks are to hold. */
  readonly checks?: CheckSet | CheckPlan;
  /** The functions of `custom` checks. */
  readonly custom?: OwnChecks;
  /** Rules about all rows, which learn nothing: rows without a label, duplicates. */
  readonly clean?: readonly PreparationStep[];
  /** Features of events, as of each row's time. */
  readonly views?: readonly ViewUse[];
  /** Default: every row is to train on. */
  readonly split?: SplitPlan;
  /**
   * Transforms and rules, each fitted to what those before it made of the training rows. A transform changes the rows of
   * every part, a rule lets training rows go.
   */
  readonly steps: readonly PreparationStep[];
  /** The column that is to be predicted: no step sees it as a feature, and some learn from it. */
  readonly label?: string;
  /** Columns that go along and that no step sees. Default: the column of a split by groups. */
  readonly beside?: readonly string[];
  /** `"required"` makes a chain without a form in a graph an error. Default: the result says why there is none. */
  readonly graph?: "required";
}

/** `kind` is of a definition that another is made of. */
const FIELDS: FieldsOf<PreparationOptions & { readonly kind?: "preparation" }> = {
  name: true,
  source: true,
  checks: true,
  custom: true,
  clean: true,
  views: true,
  split: true,
  steps: true,
  label: true,
  beside: true,
  graph: true,
  kind: true,
};

/** A checked definition of a preparation: plain, frozen. */
export interface Preparation extends Omit<PreparationOptions, "checks" | "clean" | "views" | "beside"> {
  readonly kind: "preparation";
  readonly checks: CheckPlan;
  readonly clean: readonly (RowRule & PreparationStep)[];
  readonly views: readonly ViewUse[];
  readonly beside: readonly string[];
}

/**
 * Defines how a table becomes rows to train on: the one place that says it, for `tideline prepare` and for code.
 *
 * @throws DEFINITION_ILLEGAL for what cannot be meant, ARGUMENT_INVALID for a name that names no folder.
 * @example
 * export const preparation = prepare({
 *   name: "visits",
 *   source: table(new URL("visits.csv", import.meta.url)),
 *   checks: checks({ columns: { age: [range(0, 120, { severity: "quarantine" })] }, rows: [] }),
 *   clean: [dropMissing({ columns: ["bought"] })],
 *   split: { by: "group", column: "person", test: 0.2, validation: 0.1 },
 *   steps: [simpleImputer({ columns: ["age"] }), standardScaler({ columns: ["age"] })],
 *   label: "bought",
 * });
 */
export function prepare(options: PreparationOptions): Preparation {
  if (options === null || typeof options !== "object")
    throw illegal("options", "an object of fields", String(options));
  needKnown("prepare", undefined, options, FIELDS);
  const { name, clean = [], views = [], split, steps, label } = options;
  if (typeof name !== "string" || !/^[\p{L}\p{N}_-]{1,64}$/u.test(name))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "prepare",
      field: "name",
      expected: "letters, digits, - and _, at most 64",
      received: JSON.stringify(name) ?? "none",
    });
  const { kind } = options as { readonly kind?: unknown };
  if (kind !== undefined && kind !== "preparation")
    throw illegal(
      "kind",
      "none, or that of another definition of a preparation",
      JSON.stringify(kind) ?? typeof kind,
    );
  if (!["files", "snapshot"].includes(options.source?.kind))
    throw illegal("source", "what table or snapshotTable gives", nameOfType(options.source));
  if (!Array.isArray(steps)) throw illegal("steps", "a list of steps", nameOfType(steps));
  for (const [at, step] of [...clean, ...steps].entries()) {
    const field = at < clean.length ? `clean[${at}]` : `steps[${at - clean.length}]`;
    if (typeof step?.kind !== "string" || typeof step.start !== "function")
      throw illegal(field, "a transform or a rule about rows", nameOfType(step));
    if (step.kind === "checkRows")
      throw illegal(field, "checks where they hold in every part: `checks`", "checkRows");
    checkStepCode(step, field);
    if (at < clean.length && !isRule(step)) throw illegal(field, "a rule about rows", step.kind);
  }
  if (!Array.isArray(views)) throw illegal("views", "a list of uses of views", String(views));
  for (const [at, use] of views.entries()) checkViewUse(`views[${at}]`, use);
  if (split !== undefined) checkSplit(split);
  if (options.graph !== undefined && options.graph !== "required")
    throw illegal("graph", '"required"', String(options.graph));
  if (label !== undefined && typeof label !== "string")
    throw illegal("label", "the name of a column", nameOfType(label));
  if (options.beside !== undefined && !isTexts(options.beside))
    throw illegal("beside", "a list of names of columns", nameOfType(options.beside));
  const beside = options.beside ?? (split?.by === "group" ? [split.column] : []);
  const reserved = [label, ...beside].find((own) => own === SOURCE_ROW);
  if (reserved !== undefined) throw illegal("beside", "other columns: rows are numbered anyway", reserved);
  return Object.freeze({
    ...options,
    kind: "preparation",
    checks: checkPlan(options.checks, steps.length),
    clean: Object.freeze([...clean]) as Preparation["clean"],
    views: Object.freeze([...views]),
    steps: Object.freeze([...steps]),
    beside: Object.freeze([...new Set([...beside, ...(label === undefined ? [] : [label])])]),
  });
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

/** Whether a value is what {@link prepare} gives. */
export function isPreparation(value: unknown): value is Preparation {
  return (
    typeof value === "object" && value !== null && (value as Partial<Preparation>).kind === "preparation"
  );
}

function illegal(field: string, expected: string, received: string) {
  return tidelineError("DEFINITION_ILLEGAL", { who: "prepare", field, expected, received });
}
