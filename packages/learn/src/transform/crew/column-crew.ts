import type { Column, Frame } from "../../frame/column.ts";
import { frame } from "../../frame/frame.ts";
import type { ChainStep, DoneSteps } from "../fit-steps.ts";
import type { AnyTransformDef } from "../transform-def.ts";
import type { FittedTransform } from "../transform.ts";
import { workColumns, type ColumnJob, type ColumnMade, type ColumnTask } from "./column-job.ts";
import { planColumns, type ColumnsPlan } from "./plan-columns.ts";

/** Threads that take part in the fit of a chain. */
export interface ColumnCrew {
  /** The definitions that they have, which may be loaded first. */
  defs(): Promise<ReadonlySet<AnyTransformDef>>;
  /** Numbers, and codes of texts, below which it costs more than it saves and is not asked. */
  readonly least: number;
  /**
   * Begins a job: each thread does {@link workColumns}. Resolves with what all of them made, undefined where a fit failed.
   * Rejects where a thread is lost.
   */
  work(job: ColumnJob): Promise<readonly ColumnMade[] | undefined>;
}

/**
 * Fits the leading steps of a chain that treat each column alone, with a crew: what they learnt and made. Undefined where there
 * are none, little is shared, or a fit fails, which whoever fits it again is told of.
 *
 * @throws as `crew.work` rejects.
 */
export async function fitColumns(
  crew: ColumnCrew,
  steps: readonly ChainStep[],
  rows: Frame,
): Promise<DoneSteps | undefined> {
  const defs = await crew.defs();
  const plan = planColumns(steps, rows, defs);
  const tasks = plan.columns.map((one): ColumnTask => ({ ...one, given: rows.columns[one.column]! }));
  const shared = tasks.filter(({ given }) => isShared(given));
  if (shared.length < 2 || shared.length * rows.rows < crew.least) return undefined;
  // Texts first: what is made of them is the largest, and the threads should end together.
  const job = jobOf(
    plan,
    shared.toSorted((one, other) => textsOf(other.given) - textsOf(one.given)),
  );
  const others = crew.work(job);
  // Heard below, after this thread's own share.
  others.catch(() => undefined);
  const mine = shareOf(defs, [
    job,
    jobOf(
      plan,
      tasks.filter((task) => !shared.includes(task)),
    ),
  ]);
  const theirs = await others;
  return mine === undefined || theirs === undefined ? undefined : joined(plan, rows, [...mine, ...theirs]);
}

/** What this thread makes of jobs; undefined where a fit fails. */
function shareOf(
  defs: ReadonlySet<AnyTransformDef>,
  jobs: readonly ColumnJob[],
): readonly ColumnMade[] | undefined {
  try {
    return jobs.flatMap((job) => workColumns(job, defs));
  } catch {
    // The fit without threads says why, and of the first column.
    return undefined;
  }
}

function jobOf({ steps }: ColumnsPlan, tasks: readonly ColumnTask[]): ColumnJob {
  const next = new Int32Array(new SharedArrayBuffer(4));
  return { steps: steps.map(({ kind, options }) => ({ kind, options })), tasks, next };
}

function textsOf(column: Column): number {
  return column.kind === "string" ? column.dictionary.length : 0;
}

/** Whether threads see the column's memory instead of a copy of it. */
function isShared(column: Column): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  const { buffer } = column.kind === "string" ? column.codes : column.values;
  return buffer instanceof SharedArrayBuffer;
}

/** What each step learnt and all of them made, columns in the order in which the steps would leave them. */
function joined(plan: ColumnsPlan, rows: Frame, made: readonly ColumnMade[]): DoneSteps | undefined {
  const ofColumn = new Map(made.map((one) => [one.column, one]));
  const steps = plan.columns.map(({ column, steps: own }) => ({ own, made: ofColumn.get(column)! }));
  const fitted = plan.steps.map((step, at): FittedTransform => {
    const fits = steps.flatMap(({ own, made: { fits: all } }) =>
      own.includes(at) ? [all[own.indexOf(at)]!] : [],
    );
    const { columns } = step.options;
    const named = Array.isArray(columns) ? (columns as readonly string[]) : undefined;
    const ordered = named?.map((name) => fits.find(({ input }) => input.name === name)!) ?? fits;
    return step.columnwise.join(
      ordered.map(({ input }) => input),
      ordered.map(({ state }) => state),
    );
  });
  const columns = new Map(rows.columns.map((column) => [column.name, column]));
  for (const one of made) {
    const given = rows.columns[one.column]!.name;
    // A column that takes the place of another one: which of both comes first the steps alone tell.
    if (one.columns.some(({ name }) => name !== given && columns.has(name))) return undefined;
    for (const column of one.columns) columns.set(column.name, column);
  }
  const names = new Set(rows.columns.map(({ name }) => name));
  for (const { inputs, outputs, options } of fitted) {
    const written = new Set(outputs.map(({ name }) => name));
    if (options["keep"] !== true) for (const { name } of inputs) if (!written.has(name)) names.delete(name);
    for (const name of written) names.add(name);
  }
  const left = frame(Array.from(names, (name) => columns.get(name)!));
  // Without columns the rows are told, too.
  return { fitted, rows: names.size > 0 ? left : Object.freeze({ rows: rows.rows, columns: left.columns }) };
}
