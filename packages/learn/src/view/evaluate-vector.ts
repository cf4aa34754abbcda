import { tidelineError, type AggregateNode, type Expression } from "@tideline/spec";
import { type Kernel, KERNELS } from "./kernel/kernel.ts";
import { type ScalarVector, vectorOf } from "./scalar-vector.ts";
import { inOneDictionary } from "./sorted-texts.ts";

/** What the leaves of an expression stand for, whole columns at a time. */
export interface VectorScope {
  readonly rows: number;
  readonly column: (name: string) => ScalarVector;
  readonly aggregate: (node: AggregateNode) => ScalarVector;
  /** Milliseconds of the source rows inside aggregates, of the questions outside. */
  readonly time: () => ScalarVector;
}

/** An expression over whole columns: row by row what `evaluate` of spec gives. */
export function evaluateVector(expression: Expression, scope: VectorScope): ScalarVector {
  switch (expression.kind) {
    case "literal":
      return constant(expression, scope.rows);
    case "column":
      return scope.column(expression.name);
    case "row_time":
    case "as_of":
      return scope.time();
    case "aggregate":
      return scope.aggregate(expression);
    case "call": {
      const args = inOneDictionary(expression.args.map((arg) => evaluateVector(arg, scope)));
      const kernel: Kernel = KERNELS[expression.op];
      return kernel(args, expression.type);
    }
    default:
      throw tidelineError("FEATURE_ILLEGAL", {
        who: "evaluateVector",
        expected: "a node of the language",
        received: JSON.stringify(expression),
      });
  }
}

function constant({ type, value }: Expression & { kind: "literal" }, rows: number): ScalarVector {
  const text = typeof value === "string";
  const values = new Float64Array(rows).fill(text || value === null ? 0 : Number(value) + 0);
  const nulls = value === null ? new Uint8Array(rows).fill(1) : undefined;
  return vectorOf(type, values, nulls, type === "string" ? (text ? [value] : []) : undefined);
}
