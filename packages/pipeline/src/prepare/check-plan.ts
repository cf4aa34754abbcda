import { checks, type CheckOptions, type CheckSet } from "@tideline/learn/check";
import { tidelineError } from "@tideline/spec";
import { needKnown, type FieldsOf } from "../known-field.ts";

/** What rows must hold, and when. */
export interface CheckPlan {
  /** Of the rows as they are read, before anything else. */
  readonly source?: CheckSet;
  /** Of the rows behind a step, by its place in `steps`, from 0. */
  readonly after?: Readonly<Record<number, CheckSet>>;
  /** Behind every step: those checks whose columns are there then. */
  readonly every?: CheckSet;
}

/** Functions of `custom` checks, and where they are written. */
export interface OwnChecks {
  readonly tests: NonNullable<CheckOptions["custom"]>;
  /** `import.meta.url` of the module in which they stand: its bytes and those of what it imports say when they changed. */
  readonly module: string;
}

/** A plan with every set checked. @throws DEFINITION_ILLEGAL */
export function checkPlan(given: CheckSet | CheckPlan | undefined, steps: number): CheckPlan {
  if (given === undefined) return {};
  if ("columns" in given) return { source: checks(given) };
  const { source, after = {}, every } = given;
  needKnown("prepare", "checks", given, {
    source: true,
    after: true,
    every: true,
  } satisfies FieldsOf<CheckPlan>);
  for (const key of Object.keys(after)) {
    const at = Number(key);
    if (!(Number.isInteger(at) && at >= 0 && at < steps && String(at) === key))
      throw wrong("checks.after", `places 0 to ${steps - 1} of steps`, key);
  }
  return {
    ...(source && { source: checks(source) }),
    after: Object.fromEntries(Object.entries(after).map(([at, set]) => [at, checks(set)])),
    ...(every && { every: checks(every) }),
  };
}

/** The checks of a set whose columns are all there; undefined where none is left. */
export function checksOf(set: CheckSet, there: ReadonlySet<string>): CheckSet | undefined {
  const columns = Object.entries(set.columns).flatMap(([name, list]) => {
    const own = list.filter((check) => {
      const others =
        check.check === "unique" ? (check.with ?? []) : check.check === "rising" ? [check.by] : [];
      return others.every((other) => other === undefined || there.has(other));
    });
    return there.has(name) && own.length > 0 ? [[name, own] as const] : [];
  });
  if (columns.length === 0 && set.rows.length === 0) return undefined;
  return { columns: Object.fromEntries(columns), rows: set.rows };
}

/** The checks of each row, for parts whose counts and distributions are not those of training rows. */
export function rowChecksOf({ columns }: CheckSet): CheckSet {
  const own = Object.entries(columns).map(
    ([name, list]) => [name, list.filter(({ check }) => check !== "fresh" && check !== "like")] as const,
  );
  return { columns: Object.fromEntries(own.filter(([, list]) => list.length > 0)), rows: [] };
}

/** Whether a set asks a function of one's own. */
export function asksOwn({ columns }: CheckSet): boolean {
  return Object.values(columns).some((list) => list.some(({ check }) => check === "custom"));
}

/** Whether a set asks how old rows are, and so depends on when it is asked. */
export function asksAge({ columns }: CheckSet): boolean {
  return Object.values(columns).some((list) => list.some(({ check }) => check === "fresh"));
}

function wrong(field: string, expected: string, received: string) {
  return tidelineError("DEFINITION_ILLEGAL", { who: "prepare", field, expected, received });
}
