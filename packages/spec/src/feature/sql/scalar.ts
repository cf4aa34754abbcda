import type { AggregateNode, Expression } from "../expression.ts";
import type { Fragment, Hoist } from "./hoist.ts";
import { sqlOperatorOf } from "./operator.ts";
import { sqlLiteral } from "./text.ts";

/** What the leaves of an expression are called in SQL. */
export interface SqlScope {
  readonly column: (name: string) => Fragment;
  readonly aggregate: (node: AggregateNode) => Fragment;
  /** The time of the source row inside aggregates, of the question outside. */
  readonly time: string;
}

/** An expression as SQL; pieces that must be repeated go to the hoist. */
export function sqlOfExpression(expression: Expression, scope: SqlScope, hoist: Hoist): Fragment {
  switch (expression.kind) {
    case "literal":
      return { sql: sqlLiteral(expression.type, expression.value), stage: 0, form: "literal" };
    case "column":
      return scope.column(expression.name);
    case "row_time":
    case "as_of":
      return { sql: scope.time, stage: 0, form: "column" };
    case "aggregate":
      return scope.aggregate(expression);
    case "call": {
      const { emit, repeats = [], guard } = sqlOperatorOf(expression.op);
      const args = expression.args.map((arg, index) => {
        const fragment = sqlOfExpression(arg, scope, hoist);
        return repeats.includes(index) ? hoist.name(fragment) : fragment;
      });
      const sql = emit(
        args.map((arg) => arg.sql),
        expression.args.map((arg) => arg.type),
      );
      const fragment = { sql, stage: Math.max(0, ...args.map((arg) => arg.stage)), form: "text" } as const;
      if (guard?.("x", expression.type) === undefined) return fragment;
      const value = hoist.name(fragment);
      return { sql: guard(value.sql, expression.type)!, stage: value.stage, form: "text" };
    }
  }
}
