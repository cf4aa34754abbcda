import type { ColumnKind, Frame } from "../../frame/column.ts";
import { isRule, type ChainStep } from "../fit-steps.ts";
import type { AnyTransformDef } from "../transform-def.ts";
import type { Selection, Transform } from "../transform.ts";

/** What is to be done with a column. */
export interface PlannedColumn {
  /** Its place in the frame. */
  readonly column: number;
  /** Places of the steps that read it. */
  readonly steps: readonly number[];
}

/** A transform of which is known that it treats each column alone. */
export type ColumnStep = Transform & { readonly columnwise: NonNullable<Transform["columnwise"]> };

/** Leading steps of a chain that go through each column alone. */
export interface ColumnsPlan {
  readonly steps: readonly ColumnStep[];
  readonly columns: readonly PlannedColumn[];
}

/**
 * The leading steps that treat each column of a frame alone, by definitions that threads have, and the columns that they read.
 * A step ends the plan where only its forerunners' outputs tell what it reads, or where it asks for what is not there.
 */
export function planColumns(
  steps: readonly ChainStep[],
  rows: Frame,
  defs: ReadonlySet<AnyTransformDef>,
): ColumnsPlan {
  const read = rows.columns.map((): number[] => []);
  const places = new Map(rows.columns.map(({ name }, at) => [name, at]));
  /** Kinds of columns that are there before a step; undefined where a fit decides. */
  const kinds = new Map<string, ColumnKind | undefined>(rows.columns.map(({ name, kind }) => [name, kind]));
  const planned: ColumnStep[] = [];
  for (const step of steps) {
    if (!isColumnStep(step, defs)) break;
    const apart = step.columnwise.outputs === "names";
    const names = namesOf(
      step,
      kinds,
      planned.some(({ columnwise }) => columnwise.outputs === "names"),
    );
    if (names === undefined) break;
    for (const name of names) {
      read[places.get(name)!]!.push(planned.length);
      if (!apart) kinds.set(name, kinds.get(name) === "float" ? "float" : undefined);
      else if (step.options["keep"] !== true) kinds.delete(name);
    }
    planned.push(step);
  }
  const columns = read.map((own, column) => ({ column, steps: own })).filter((one) => one.steps.length > 0);
  return { steps: planned, columns };
}

function isColumnStep(step: ChainStep, defs: ReadonlySet<AnyTransformDef>): step is ColumnStep {
  return !isRule(step) && step.columnwise !== undefined && defs.has(step.columnwise.def);
}

/** @param more whether there may be columns that `kinds` does not have. */
function namesOf(
  { options, traits: { accepts } }: ColumnStep,
  kinds: ReadonlyMap<string, ColumnKind | undefined>,
  more: boolean,
): readonly string[] | undefined {
  const columns = options["columns"] as Selection["columns"];
  if (columns !== undefined && !("kinds" in columns)) {
    const known = columns.length > 0 && new Set(columns).size === columns.length;
    return known && columns.every((name) => kinds.has(name)) ? columns : undefined;
  }
  const wanted = columns?.kinds ?? accepts;
  if (more || [...kinds.values()].includes(undefined)) return undefined;
  const names = [...kinds].filter(([, kind]) => wanted.includes(kind!)).map(([name]) => name);
  return names.length > 0 && wanted.every((kind) => accepts.includes(kind)) ? names : undefined;
}
