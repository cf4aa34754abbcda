import type { GraphBuilder } from "@tideline/graph";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { illegalOption } from "../../net/check-option.ts";
import { isRecord } from "../../net/estimator/option-form.ts";
import { needColumns } from "../need-columns.ts";
import { numberColumns } from "../number-graph.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Transform } from "../transform.ts";
import { BINARY, computeTerm, isUnary, lowerTerm, type Term } from "./term.ts";

/** What {@link arithmetic} takes. */
export interface ArithmeticOptions {
  /** The new columns, each of columns that were there before: terms do not read one another. */
  readonly terms: readonly Term[];
}

const KIND = "arithmetic";

function isTerm(value: unknown): value is Term {
  if (!isRecord(value)) return false;
  const { name, op, of, otherwise } = value;
  const operation = typeof op === "string" && (isUnary(op) || Object.hasOwn(BINARY, op));
  if (typeof name !== "string" || !operation || !Array.isArray(of)) return false;
  const count = isUnary(op) ? of.length === 1 : of.length >= 2;
  const known = Object.keys(value).every((key) => ["name", "op", "of", "otherwise"].includes(key));
  return (
    count &&
    known &&
    of.every((column) => typeof column === "string") &&
    (otherwise === undefined || Number.isFinite(otherwise))
  );
}

const FORMS_OF = {
  terms: {
    expected: "1 to 10000 terms { name, op, of, otherwise? }, `of` one column or two and more as `op` takes",
    fits: (value: unknown) =>
      Array.isArray(value) && value.length >= 1 && value.length <= 10_000 && value.every(isTerm),
  },
};

/** The definition behind {@link arithmetic}. */
export const ARITHMETIC: TransformDef<ArithmeticOptions, null> = Object.freeze({
  kind: KIND,
  traits: {
    accepts: ["float", "integer", "boolean"],
    labels: "none",
    memory: "bounded",
    ordered: false,
  } as const,
  forms: FORMS_OF,
  resolve(given: ArithmeticOptions) {
    const options = resolveOptions(KIND, FORMS_OF, {}, given, ["terms"]);
    const names = options.terms.map(({ name }) => name);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) throw illegalOption(KIND, "terms", "each name once", `"${twice}" twice`);
    return options;
  },
  begin({ terms }: ArithmeticOptions, inputs: FrameSchema) {
    needColumns(
      KIND,
      terms.flatMap(({ of }) => of),
      inputs,
    );
    return learnsNothing(null);
  },
  outputs: (_: null, { terms }: ArithmeticOptions) =>
    terms.map(({ name }) => ({ name, kind: "float" as const })),
  apply(_: null, { terms }: ArithmeticOptions, columns: readonly Column[], rows: number) {
    const numbers = new Map(columns.map((column) => [column.name, numbersOf(column, KIND)]));
    return terms.map((term): Column => ({
      kind: "float",
      name: term.name,
      values: computeTerm(
        term,
        term.of.map((name) => numbers.get(name)!),
        rows,
      ),
    }));
  },
  lower(_: null, { terms }: ArithmeticOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const values = new Map(numberColumns(KIND, columns).map(({ name, value }) => [name, value]));
    return terms.map((term): GraphColumn => ({
      kind: "number",
      name: term.name,
      width: 1,
      value: lowerTerm(
        g,
        term,
        term.of.map((name) => values.get(name)!),
      ),
    }));
  },
});

/**
 * New columns of others: sums, ratios, differences, logarithms. The columns that it reads stay. What has no finite result (a division by 0,
 * the root of a negative number) is missing, or what `otherwise` says.
 *
 * @throws DEFINITION_ILLEGAL for terms that are malformed.
 * @example
 * fitTransform(arithmetic({ terms: [{ name: "pace", op: "divide", of: ["minutes", "km"], otherwise: 0 }] }), rows);
 */
export function arithmetic(options: ArithmeticOptions): Transform {
  const terms: readonly unknown[] = Array.isArray(options?.terms) ? options.terms : [];
  const columns = [...new Set(terms.filter(isTerm).flatMap(({ of }) => of))];
  return transformOf(ARITHMETIC, { ...options, ...(columns.length > 0 ? { columns } : {}), keep: true });
}
