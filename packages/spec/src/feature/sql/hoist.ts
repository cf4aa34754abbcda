/** A piece of SQL that may stand once in a select list, over the columns of stage `stage` and before. */
export interface Fragment {
  readonly sql: string;
  readonly stage: number;
  /** A bare column or literal costs nothing to repeat; other text does. */
  readonly form: "column" | "literal" | "text";
}

/**
 * Gives names to pieces of SQL that must be repeated (a guard repeats what it guards): stage n + 1 computes them
 * from stage n. Without it the text of nested guards would double at every level.
 */
export interface Hoist {
  /** Something that may be repeated: the fragment itself, or a column of the next stage where it is text. */
  readonly name: (fragment: Fragment) => Fragment;
  /** A column: the fragment itself, or a column of the next stage where it is text or a literal. */
  readonly column: (fragment: Fragment) => Fragment;
  /** The columns `sql AS name` of each stage, from stage 1 on. */
  readonly stages: () => readonly (readonly string[])[];
}

/** Starts the hoisting of one chain of stages; columns are named `prefix` + number, the same text once. */
export function hoist(prefix: string): Hoist {
  const named = new Map<string, Fragment>();
  const stages: string[][] = [];
  const column = (fragment: Fragment): Fragment => {
    if (fragment.form === "column") return fragment;
    const known = named.get(fragment.sql);
    if (known !== undefined) return known;
    const stage = fragment.stage + 1;
    const name = `${prefix}${named.size + 1}`;
    (stages[fragment.stage] ??= []).push(`${fragment.sql} AS ${name}`);
    const result = { sql: name, stage, form: "column" } as const;
    named.set(fragment.sql, result);
    return result;
  };
  return {
    column,
    name: (fragment) => (fragment.form === "text" ? column(fragment) : fragment),
    stages: () => stages,
  };
}
