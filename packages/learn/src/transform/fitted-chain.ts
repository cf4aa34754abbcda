import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec/error";
import type { ColumnSchema, Frame, FrameSchema, FrameSource } from "../frame/column.ts";
import { filterRows } from "../frame/filter-rows.ts";
import type { RowVerdict } from "./row-rule.ts";
import { isFittedRule, type FittedStep, type StepLog } from "./step-log.ts";
import { sealed } from "./stored/envelope.ts";
import { storedForm } from "./stored/stored-form.ts";
import type { FittedTransform } from "./transform.ts";
import { emptyFrame } from "../frame/frame-source.ts";
import { frameSchema, pickColumns } from "../frame/frame.ts";
import { transformInTurn } from "./transform-in-turn.ts";
import type { GraphColumn, StateValue } from "./transform-def.ts";

/** A fitted chain of transforms and rules: a frozen value. */
export interface FittedChain {
  readonly kind: "chain";
  readonly steps: readonly FittedStep[];
  /** Columns that it must be given. */
  readonly inputs: FrameSchema;
  /** Columns that it writes and that are there at its end. Others pass, unless a step took their place. */
  readonly outputs: FrameSchema;
  /** What each step did to the training rows. */
  readonly log: readonly StepLog[];
  /** Each row transformed; rules remove rows in training only. Errors: ARGUMENT_INVALID for columns that it was not fitted on. */
  transform(rows: Frame): Frame;
  /**
   * A source transformed as it is read. With `rules`, rows that training would not have are left out.
   * Errors: ARGUMENT_INVALID for `rules` with a step that learnt from labels: training rows must come out of fold, from
   * `fitTransform`.
   */
  transformSource(source: FrameSource, options?: { readonly rules?: boolean }): FrameSource;
  /** The same in a graph. Errors: RUNTIME_UNSUPPORTED naming the step that has no form in a graph, and why. */
  lower(g: GraphBuilder, columns: readonly GraphColumn[]): readonly GraphColumn[];
  /** Why there is no form in a graph, by step; empty where there is one. */
  readonly unsupported: readonly string[];
  /** Canonical bytes; `readChain` reads them. */
  store(): Uint8Array;
}

/** A fitted chain of its steps. `labelled` are steps that learnt from labels. */
export function fittedChain(
  steps: readonly FittedStep[],
  log: readonly StepLog[],
  labelled: readonly number[],
): FittedChain {
  const inputs = inputsOf(steps);
  const transforms = steps.filter((step): step is FittedTransform => !isFittedRule(step));
  const written = new Set(transforms.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  const transform = (rows: Frame) => transformInTurn(transforms, rows);
  const outputs = Object.freeze(
    frameSchema(transform(emptyFrame(inputs))).filter(({ name }) => written.has(name)),
  );
  return Object.freeze({
    kind: "chain" as const,
    steps: Object.freeze([...steps]),
    inputs,
    outputs,
    log: Object.freeze([...log]),
    transform,
    transformSource(source: FrameSource, { rules = false }: { readonly rules?: boolean } = {}): FrameSource {
      if (rules && labelled.length > 0)
        throw tidelineError("ARGUMENT_INVALID", {
          who: "transformSource",
          field: "rules",
          expected: "a chain that learnt from no labels, for rows to train on",
          received: labelled.map((at) => steps[at]!.kind).join(", "),
          remedy: "Take training rows from fitTransform, which transforms them out of fold.",
        });
      return streamed(rules ? steps : transforms, source);
    },
    lower: (g: GraphBuilder, columns: readonly GraphColumn[]) =>
      transforms.reduce((now, step) => step.lower(g, now), columns),
    unsupported: Object.freeze(
      transforms.flatMap(({ kind, unsupported }) =>
        unsupported === undefined ? [] : [`${kind}: ${unsupported}`],
      ),
    ),
    store: () =>
      sealed({
        kind: "chain",
        labelled: Int32Array.from(labelled),
        log: log as unknown as StateValue,
        steps: steps.map((step) => ({ rule: isFittedRule(step), ...(storedForm(step) as object) })),
      }),
  });
}

/** Columns that steps read and that no step before wrote; in float64 where one wants that, or it of what others make of it. */
function inputsOf(steps: readonly FittedStep[]): FrameSchema {
  const doubles = new Set(
    steps.flatMap(({ inputs }) => inputs.filter(({ double }) => double === true).map(({ name }) => name)),
  );
  const made = new Set<string>();
  const needed = new Map<string, ColumnSchema>();
  for (const step of steps) {
    for (const column of step.inputs)
      if (!made.has(column.name) && !needed.has(column.name))
        needed.set(column.name, doubles.has(column.name) ? { ...column, double: true } : column);
    if (!isFittedRule(step)) for (const { name } of step.outputs) made.add(name);
  }
  return Object.freeze([...needed.values()]);
}

/** One pass of rows through fitted steps: rules judge pieces in order. */
export function passThrough(
  steps: readonly FittedStep[],
  told?: (step: number, rowsIn: number, rowsOut: number, verdict?: RowVerdict) => void,
): (rows: Frame) => Frame {
  const run = steps.map((step, at) => {
    if (!isFittedRule(step))
      return (rows: Frame) => {
        told?.(at, rows.rows, rows.rows);
        return step.transform(rows);
      };
    const judge = step.judging();
    return (rows: Frame) => {
      const verdict = judge(rows);
      const kept = filterRows(rows, verdict.keep);
      told?.(at, rows.rows, kept.rows, verdict);
      return kept;
    };
  });
  return (rows) => run.reduce((now, step) => step(now), rows);
}

/**
 * That rows may go through the steps in pieces. @throws ARGUMENT_INVALID for a step whose answer for a row depends on others: it
 * would change with where a piece ends.
 */
export function checkPieces(who: string, steps: readonly FittedStep[]): void {
  const step = steps.find((one) => !isFittedRule(one) && one.acrossRows === true);
  if (step === undefined) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "steps",
    expected: "steps that take each row for itself, because a source comes in pieces",
    received: step.kind,
    remedy: "Collect the rows (collectFrame), or do this step where they are read.",
  });
}

function streamed(steps: readonly FittedStep[], source: FrameSource): FrameSource {
  checkPieces("transformSource", steps);
  const schema = Object.freeze(frameSchema(passThrough(steps)(emptyFrame(source.schema))));
  return Object.freeze({
    schema,
    async *read(columns?: readonly string[]) {
      const pass = passThrough(steps);
      for await (const piece of source.read())
        yield columns === undefined ? pass(piece) : pickColumns(pass(piece), columns);
    },
  });
}
