import type { AggregateName } from "./aggregate/registry.ts";
import type { OperatorName } from "./operator.ts";
import type { Scalar, ScalarType } from "./scalar.ts";

/** A column of the source event; legal only inside an aggregate. */
export interface ColumnNode<Type extends ScalarType = ScalarType> {
  readonly kind: "column";
  readonly type: Type;
  readonly name: string;
}

/** The time of the source row itself; legal only inside an aggregate. */
export interface RowTimeNode<Type extends ScalarType = ScalarType> {
  readonly kind: "row_time";
  readonly type: Type;
}

/** The time as of which the feature is asked: that of the spine row. Legal only outside aggregates. */
export interface AsOfNode<Type extends ScalarType = ScalarType> {
  readonly kind: "as_of";
  readonly type: Type;
}

/** A constant; numbers are finite, because the node is JSON. */
export interface LiteralNode<Type extends ScalarType = ScalarType> {
  readonly kind: "literal";
  readonly type: Type;
  readonly value: Scalar;
}

/** An operator applied to arguments. */
export interface CallNode<Type extends ScalarType = ScalarType> {
  readonly kind: "call";
  readonly type: Type;
  readonly op: OperatorName;
  readonly args: readonly Expression[];
}

/** Source rows folded into one value, as of a time. Legal only outside aggregates: they do not nest. */
export interface AggregateNode<Type extends ScalarType = ScalarType> {
  readonly kind: "aggregate";
  readonly type: Type;
  readonly name: AggregateName;
  /** The value of each row; null where the aggregate takes none. */
  readonly of: Expression | null;
  /** Only rows for which this is true (not false, not null); null is every row. */
  readonly where: Expression<"boolean"> | null;
  /** Only rows with `asOf - within < time <= asOf`, in milliseconds; null is no lower end. */
  readonly within: number | null;
  /** The probability of a quantile, the rows that a lag goes back; absent elsewhere. */
  readonly parameter?: number;
}

/**
 * An expression: plain frozen JSON, so that it can be hashed, shipped to a phone and compiled to SQL. Made by the
 * typed functions of this folder; one that arrives as JSON passes `checkView` first.
 */
export type Expression<Type extends ScalarType = ScalarType> =
  | ColumnNode<Type>
  | RowTimeNode<Type>
  | AsOfNode<Type>
  | LiteralNode<Type>
  | CallNode<Type>
  | AggregateNode<Type>;

/** The nodes directly below a node. */
export function children(node: Expression): readonly Expression[] {
  if (node.kind === "call") return node.args;
  if (node.kind === "aggregate") return [node.of, node.where].filter((child) => child !== null);
  return [];
}
