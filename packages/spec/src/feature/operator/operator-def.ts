import type { Scalar, ScalarType } from "../scalar.ts";

/** One operator: its typing rule and its meaning. Operators are total: they never throw, whatever the values. */
export interface OperatorDef {
  /** What it takes, for messages. */
  readonly takes: string;
  /** The result's type for these argument types, or undefined where they are illegal. */
  readonly result: (types: readonly ScalarType[]) => ScalarType | undefined;
  /** The value; `type` is that of the result. */
  readonly apply: (args: readonly Scalar[], type: ScalarType) => Scalar;
}

/** Makes a meaning that is null as soon as one argument is. */
export function strict<Args extends readonly NonNullable<Scalar>[]>(
  meaning: (args: Args, type: ScalarType) => Scalar,
): OperatorDef["apply"] {
  return (args, type) => (args.includes(null) ? null : meaning(args as unknown as Args, type));
}

/** A typing rule by a table of "a,b->c" rows. */
export function signatures(...rows: readonly string[]): Pick<OperatorDef, "takes" | "result"> {
  const table = new Map(rows.map((row) => row.split("->") as [string, ScalarType]));
  return {
    takes: [...table.keys()].map((types) => `(${types.replaceAll(",", ", ")})`).join(" or "),
    result: (types) => table.get(types.join(",")),
  };
}

/** A typing rule for at least `least` arguments, all of one type out of `among`; the result is of `result` or of it. */
export function alike(
  least: number,
  most: number,
  among: readonly ScalarType[],
  result?: ScalarType,
): Pick<OperatorDef, "takes" | "result"> {
  return {
    takes: `${least === most ? least : `${least} to ${most}`} arguments of one type of ${among.join(", ")}`,
    result: (types) => {
      const [first] = types;
      const legal =
        first !== undefined &&
        types.length >= least &&
        types.length <= most &&
        among.includes(first) &&
        types.every((type) => type === first);
      return legal ? (result ?? first) : undefined;
    },
  };
}
