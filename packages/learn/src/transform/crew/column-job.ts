import type { Column, ColumnSchema, Frame } from "../../frame/column.ts";
import { columnLength } from "../../frame/check-column.ts";
import { fitSteps } from "../fit-steps.ts";
import { isFittedRule } from "../step-log.ts";
import { transformOf } from "../transform.ts";
import type { AnyTransformDef, StateValue } from "../transform-def.ts";

/** A column and the steps that go through it. */
export interface ColumnTask {
  /** Its place in its frame. */
  readonly column: number;
  readonly given: Column;
  /** Places of the steps. */
  readonly steps: readonly number[];
}

/** Columns and the steps that go through them; plain, for threads. */
export interface ColumnJob {
  readonly steps: readonly { readonly kind: string; readonly options: Readonly<Record<string, unknown>> }[];
  /** In the order in which they are taken. */
  readonly tasks: readonly ColumnTask[];
  /** [1], shared by all threads of a job: the first task that nobody took. */
  readonly next: Int32Array;
}

/** What came of a column. */
export interface ColumnMade {
  /** The column's place. */
  readonly column: number;
  readonly columns: readonly Column[];
  /** For each step that read it. */
  readonly fits: readonly { readonly input: ColumnSchema; readonly state: StateValue }[];
}

/**
 * Takes tasks of a job until none is left. Whoever takes part in a job does this.
 *
 * @throws as the steps' fits do; then no other task is begun.
 */
export function workColumns(job: ColumnJob, defs: Iterable<AnyTransformDef>): readonly ColumnMade[] {
  const { steps, tasks, next } = job;
  const known = new Map([...defs].map((def) => [def.kind, def]));
  const made: ColumnMade[] = [];
  try {
    for (let at = Atomics.add(next, 0, 1); at < tasks.length; at = Atomics.add(next, 0, 1)) {
      const { column, given, steps: own } = tasks[at]!;
      made.push({
        column,
        ...madeOf(
          given,
          own.map((step) => steps[step]!),
          known,
        ),
      });
    }
    return made;
  } catch (error) {
    Atomics.store(next, 0, tasks.length);
    throw error;
  }
}

function madeOf(
  given: Column,
  steps: ColumnJob["steps"],
  defs: ReadonlyMap<string, AnyTransformDef>,
): Omit<ColumnMade, "column"> {
  const own = steps.map(({ kind, options }) =>
    transformOf(defs.get(kind)!, { ...options, columns: [given.name] }),
  );
  // It is of a frame, which has checked it.
  const alone: Frame = { rows: columnLength(given), columns: [given] };
  const { chain, rows } = fitSteps(own, alone, undefined, {}, true);
  const fits = chain.steps
    .filter((step) => !isFittedRule(step))
    .map(({ inputs, state }) => ({ input: inputs[0]!, state }));
  return { columns: rows.columns, fits };
}
