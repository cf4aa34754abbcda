import type { Expression, FunctionName, Kind } from "./program.ts";

/** A number written out. */
export const number = (value: number, kind: Kind): Expression => ({ form: "number", kind, value });

/** A function of one kind, of arguments of that kind. */
export const apply = (name: FunctionName, ...args: readonly Expression[]): Expression => ({
  form: "apply",
  kind: args[0]!.kind,
  name,
  args,
});

/** A question of numbers: its answer is a truth. */
export const ask = (name: FunctionName, ...args: readonly Expression[]): Expression => ({
  form: "apply",
  kind: "bool",
  name,
  args,
});

/** One of two. */
export const select = (truth: Expression, yes: Expression, no: Expression): Expression => ({
  form: "apply",
  kind: yes.kind,
  name: "select",
  args: [truth, yes, no],
});

/** Another kind; of its own kind it stays as it is. */
export const cast = (value: Expression, kind: Kind): Expression =>
  value.kind === kind ? value : { form: "apply", kind, name: "cast", args: [value] };

/** Computed in float64 and rounded once: what functions of libraries do alike in every language but for the last bits. */
export const inDouble = (
  args: readonly Expression[],
  compute: (...wide: readonly Expression[]) => Expression,
): Expression => cast(compute(...args.map((arg) => cast(arg, "double"))), args[0]!.kind);
