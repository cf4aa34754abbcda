import type { Scalar, ScalarType } from "../scalar.ts";

/** One source row as an aggregate meets it: `value` is never null where the aggregate takes a value. */
export interface AggregateInput {
  readonly value: NonNullable<Scalar>;
  /** When it happened, in milliseconds. */
  readonly time: number;
  /** When it became known, in milliseconds. */
  readonly knownTime: number;
}

/** What the number of an aggregate may be, as the probability of a quantile. */
export interface AggregateParameter {
  readonly takes: string;
  readonly fits: (value: number) => boolean;
}

/**
 * The meaning of one aggregate. Every aggregate is free of order: adding the same rows in any order, or merging
 * any partition of them, finishes in the same value. (`add` and `merge` own the state they are given first and may
 * change it; a caller must not use that one again.)
 */
export interface AggregateDef<State> {
  /** What it takes, for messages. */
  readonly takes: string;
  /** The result's type for the argument's type (null: no argument), or undefined where that is illegal. */
  readonly result: (type: ScalarType | null) => ScalarType | undefined;
  /** The number that it is made with, where there is one. */
  readonly parameter?: AggregateParameter;
  // Methods, not properties: a method's parameter is bivariant, which lets one table hold every kind of state.
  init(): State;
  add(state: State, input: AggregateInput): State;
  merge(left: State, right: State): State;
  /** The value, given the result's type and the time as of which it is asked. */
  finish(state: State, type: ScalarType, asOf: number): Scalar;
}

/** A typing rule for one argument out of `types`; the result is of `result` or of the argument's type. */
export function takesOne(
  types: readonly ScalarType[],
  result?: ScalarType,
): Pick<AggregateDef<never>, "takes" | "result"> {
  return {
    takes: `one argument of ${types.join(", ")}`,
    result: (type) => (type !== null && types.includes(type) ? (result ?? type) : undefined),
  };
}

/** A typing rule for no argument. */
export function takesNone(result: ScalarType): Pick<AggregateDef<never>, "takes" | "result"> {
  return { takes: "no argument", result: (type) => (type === null ? result : undefined) };
}
