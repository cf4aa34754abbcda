import { aggregateOf, type AggregateName, wrongParameter } from "../aggregate/registry.ts";
import type { AggregateNode, CallNode, Expression, LiteralNode } from "../expression.ts";
import { illegal, show } from "../illegal.ts";
import { operatorOf, type OperatorName } from "../operator.ts";
import { readScalar, type ScalarOf, type ScalarType } from "../scalar.ts";

/** An expression, or a plain JavaScript value that becomes a literal of the type wanted. */
export type Operand<Type extends ScalarType> = Expression<Type> | ScalarOf<Type>;

/** Whether an operand is an expression already. */
export function isExpression(value: unknown): value is Expression {
  return typeof value === "object" && value !== null && "kind" in value && "type" in value;
}

/**
 * A constant of a named type. Throws `FEATURE_ILLEGAL` for a value of another type, for NaN and infinities (they
 * have no JSON) and for text with a NUL character (SQL has no literal for it).
 *
 * @example literal("float64", 0.5)
 */
export function literal<Type extends ScalarType>(
  type: Type,
  value: ScalarOf<Type> | null,
): LiteralNode<Type> {
  const read = readScalar(type, value, "literal");
  if (typeof read === "number" && !Number.isFinite(read)) {
    throw illegal("literal", "value", "a finite number", show(value), "Use isNan to test for NaN.");
  }
  if (read !== value) {
    throw illegal("literal", "value", `a ${type} within its range`, show(value));
  }
  if (typeof read === "string" && read.includes("\0")) {
    throw illegal("literal", "value", "text without NUL characters", show(value));
  }
  return Object.freeze({ kind: "literal", type, value: read });
}

/** The operand as an expression of the type. */
export function lift<Type extends ScalarType>(type: Type, operand: Operand<Type>): Expression<Type> {
  return isExpression(operand) ? (operand as Expression<Type>) : literal(type, operand as ScalarOf<Type>);
}

/** Applies an operator, its typing rule checked. */
export function call<Type extends ScalarType>(op: OperatorName, args: readonly Expression[]): CallNode<Type> {
  const types = args.map((arg) => arg.type);
  const type = operatorOf(op).result(types);
  if (type === undefined)
    throw illegal(`operator ${op}`, "arguments", operatorOf(op).takes, `(${types.join(", ")})`);
  return Object.freeze({ kind: "call", type: type as Type, op, args: Object.freeze([...args]) });
}

/** Makes an aggregate node, its typing rule checked. */
export function aggregateNode<Type extends ScalarType>(
  name: AggregateName,
  of: Expression | null,
  where: Expression<"boolean"> | null,
  within: number | null,
  parameter?: number,
): AggregateNode<Type> {
  const type = aggregateOf(name).result(of === null ? null : of.type);
  if (type === undefined) {
    throw illegal(`aggregate ${name}`, "of", aggregateOf(name).takes, of === null ? "none" : of.type);
  }
  if (where !== null && where.type !== "boolean") {
    throw illegal(`aggregate ${name}`, "where", "a boolean expression", where.type);
  }
  const wanted = wrongParameter(name, parameter);
  if (wanted !== undefined) throw illegal(`aggregate ${name}`, "parameter", wanted, show(parameter));
  const number = parameter === undefined ? {} : { parameter: parameter + 0 };
  return Object.freeze({ kind: "aggregate", type: type as Type, name, of, where, within, ...number });
}
