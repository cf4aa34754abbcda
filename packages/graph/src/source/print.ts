import type { Cell, Expression, FunctionName, Kind, Place, Statement } from "./program.ts";

/** How a language writes what programs are made of. */
export interface Dialect {
  number(value: number, kind: Kind): string;
  /** An array as steps name it. */
  array(cell: Cell): string;
  /** Where a cell begins in what `array` names; 0 where each has an array of its own. */
  readonly start?: (cell: Cell) => number;
  /** A place that is computed, as an index: from the end where it is negative, refused where there is none. */
  computed(at: string, length: number): string;
  /** @param from the kind of the (last) argument */
  apply(name: FunctionName, kind: Kind, from: Kind, args: readonly string[]): string;
  /** A loop's variable as an int64. */
  counted(loop: string): string;
  for(loop: string, count: number): string;
  /** The line that ends a loop. */
  readonly end: string;
  while(test: string): string;
  if(test: string): string;
  /** @param isSet whether it is set again later */
  let(name: string, kind: Kind, value: string, isSet: boolean): string;
  /** What an element read from an array is, as a number or truth. */
  loaded(element: string, from: Cell): string;
  /** How many signs a text has, as an int64. */
  length(of: Cell): string;
  /** An int64 as an index. */
  index(at: string): string;
  /** What is put into an array. */
  stored(value: string, to: Cell): string;
  /** What ends a statement. */
  readonly stop: string;
}

/** An index into a row-major array. */
function printPlace(dialect: Dialect, cell: Cell, { base: own, terms, computed, free }: Place): string {
  const base = own + (dialect.start?.(cell) ?? 0);
  const parts = terms.map(({ loop, stride }) => (stride === 1 ? loop : `${loop} * ${stride}`));
  if (computed !== undefined) {
    const at = dialect.computed(printExpression(dialect, computed.at), computed.length);
    parts.push(computed.stride === 1 ? at : `${at} * ${computed.stride}`);
  }
  if (free !== undefined) parts.push(dialect.index(bare(printExpression(dialect, free))));
  if (base !== 0 || parts.length === 0) parts.unshift(String(base));
  return parts.join(" + ");
}

/** An expression of a language. */
export function printExpression(dialect: Dialect, expression: Expression): string {
  switch (expression.form) {
    case "number":
      return dialect.number(expression.value, expression.kind);
    case "counter": {
      const counted = dialect.counted(expression.loop);
      return expression.base === 0
        ? counted
        : dialect.apply("add", "long", "long", [counted, dialect.number(expression.base, "long")]);
    }
    case "length":
      return dialect.length(expression.of);
    case "local":
      return expression.name;
    case "load":
      return dialect.loaded(
        `${dialect.array(expression.from)}[${printPlace(dialect, expression.from, expression.at)}]`,
        expression.from,
      );
    case "apply": {
      const args = expression.args.map((arg) => printExpression(dialect, arg));
      return dialect.apply(expression.name, expression.kind, expression.args.at(-1)!.kind, args);
    }
  }
}

/** Without the brackets around it that nothing needs. */
function bare(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  let depth = 0;
  for (let at = 0; at < text.length - 1; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")") depth--;
    if (depth === 0) return text;
  }
  return text.slice(1, -1);
}

/** Statements as lines, `depth` steps in. */
export function printStatements(
  dialect: Dialect,
  statements: readonly Statement[],
  depth: number,
): readonly string[] {
  const pad = "    ".repeat(depth);
  return statements.flatMap((statement, at): readonly string[] => {
    if ("body" in statement) {
      const head =
        statement.form === "for"
          ? dialect.for(statement.loop, statement.count)
          : dialect[statement.form](bare(printExpression(dialect, statement.test)));
      return [
        `${pad}${head}`,
        ...printStatements(dialect, statement.body, depth + 1),
        `${pad}${dialect.end}`,
      ];
    }
    const value = bare(printExpression(dialect, statement.value));
    if (statement.form === "let") {
      const isSet = statements.slice(at + 1).some((later) => sets(later, statement.name));
      return [`${pad}${dialect.let(statement.name, statement.value.kind, value, isSet)}`];
    }
    const to =
      statement.form === "set"
        ? statement.name
        : `${dialect.array(statement.to)}[${printPlace(dialect, statement.to, statement.at)}]`;
    const put = statement.form === "store" ? dialect.stored(value, statement.to) : value;
    return [`${pad}${to} = ${put}${dialect.stop}`];
  });
}

/** Whether a statement gives a variable another value. */
function sets(statement: Statement, name: string): boolean {
  if ("body" in statement) return statement.body.some((inner) => sets(inner, name));
  return statement.form === "set" && statement.name === name;
}

/** The operators that every language writes alike. */
export const INFIX: Partial<Record<FunctionName, string>> = {
  add: "+",
  and: "&&",
  div: "/",
  equal: "==",
  greater: ">",
  greaterOrEqual: ">=",
  less: "<",
  lessOrEqual: "<=",
  mul: "*",
  or: "||",
  sub: "-",
};
