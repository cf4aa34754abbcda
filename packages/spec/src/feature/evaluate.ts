import type { AggregateNode, Expression } from "./expression.ts";
import { operatorOf } from "./operator.ts";
import type { Scalar } from "./scalar.ts";

/** What the leaves of an expression stand for. */
export interface Scope {
  readonly column: (name: string) => Scalar;
  readonly aggregate: (node: AggregateNode) => Scalar;
  /** The source row's time inside aggregates, the question's outside, in milliseconds. */
  readonly time: number;
}

/** The meaning of an expression: the interpreter. The expression has passed `checkView`; then it never throws. */
export function evaluate(expression: Expression, scope: Scope): Scalar {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "column":
      return scope.column(expression.name);
    case "row_time":
    case "as_of":
      return scope.time;
    case "aggregate":
      return scope.aggregate(expression);
    case "call": {
      const args = expression.args.map((arg) => evaluate(arg, scope));
      return operatorOf(expression.op).apply(args, expression.type);
    }
  }
}
