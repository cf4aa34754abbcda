import type { Forest, ForestBranch } from "../op/forest.ts";
import { load, local, loops, placeOf, store, type EmitCall } from "./emitter.ts";
import { apply, ask, cast, number, select } from "./expression.ts";
import type { Cell, Expression, FunctionName, Place, Statement } from "./program.ts";

const COMPARISONS: Readonly<Record<ForestBranch["mode"], FunctionName>> = {
  BRANCH_LEQ: "lessOrEqual",
  BRANCH_LT: "less",
  BRANCH_GTE: "greaterOrEqual",
  BRANCH_GT: "greater",
  BRANCH_EQ: "equal",
  BRANCH_NEQ: "equal",
};

/** A place that is computed. */
export const at = (place: Expression): Place => ({ base: 0, terms: [], free: place });
const [node, x, bound, entry, last] = [
  local("node", "long"),
  local("x", "float"),
  local("bound", "float"),
  local("entry", "long"),
  local("last", "long"),
];
const one = number(1, "long");

/** The branches of an ensemble by how they decide: a comparison, and where missing numbers go. */
type Way = Pick<ForestBranch, "mode" | "missingYes">;

const keyOf = ({ mode, missingYes }: Way): string => `${mode} ${missingYes}`;

function decides({ mode, missingYes }: Way): Expression {
  const compared = ask(COMPARISONS[mode], x, bound);
  const yes = mode === "BRANCH_NEQ" ? ask("not", compared) : compared;
  return missingYes ? ask("or", yes, ask("isNan", x)) : yes;
}

/**
 * What the trees say of a row, added up in `sums`: a walk over arrays, tree after tree. A node has its column in `split`, or -1
 * where it is a leaf; then `yes` and `no` are the first and the last of its weights.
 */
export function walkTrees(
  { roots, nodes }: Forest,
  sums: Cell,
  { inputs: [given], constant }: EmitCall,
): readonly Statement[] {
  const ways = new Map<string, Way>();
  const weights: (readonly [target: number, weight: number])[] = [];
  const rows = nodes.map((one) => {
    if ("mode" in one) {
      if (!ways.has(keyOf(one))) ways.set(keyOf(one), one);
      return { split: one.feature, value: one.value, yes: one.yes, no: one.no, way: keyOf(one) };
    }
    const start = weights.length;
    weights.push(...one.weights);
    return { split: -1, value: 0, yes: start, no: weights.length - 1, way: "" };
  });
  const keys = [...ways.keys()];
  const list = (values: readonly number[]) => constant("long", values);
  const split = list(rows.map((row) => row.split));
  const values = constant(
    "float",
    rows.map(({ value }) => value),
  );
  const [yes, no] = [list(rows.map((row) => row.yes)), list(rows.map((row) => row.no))];
  const way = keys.length < 2 ? undefined : list(rows.map((row) => Math.max(0, keys.indexOf(row.way))));
  const weight = constant(
    "float",
    weights.map(([, value]) => value),
  );
  const target = sums.size === 1 ? undefined : list(weights.map(([place]) => place));
  const tree = list(roots);
  const test = [...ways.values()].reduceRight<Expression | undefined>((rest, one, place) => {
    const own = decides(one);
    if (rest === undefined) return own;
    return select(ask("equal", load(way!, at(node)), number(place, "long")), own, rest);
  }, undefined);
  const to = target === undefined ? { base: 0, terms: [] } : at(load(target, at(entry)));
  const add = store(sums, to, apply("add", load(sums, to), cast(load(weight, at(entry)), "double")));
  const isSingle = nodes.every((one) => "mode" in one || one.weights.length === 1);
  const leaf: readonly Statement[] = isSingle
    ? [{ form: "let", name: "entry", value: load(yes, at(node)) }, add]
    : [
        { form: "let", name: "entry", value: load(yes, at(node)) },
        { form: "let", name: "last", value: load(no, at(node)) },
        {
          form: "while",
          test: ask("lessOrEqual", entry, last),
          body: [add, { form: "set", name: "entry", value: apply("add", entry, one) }],
        },
      ];
  const down: readonly Statement[] =
    test === undefined
      ? []
      : [
          {
            form: "while",
            test: ask("greaterOrEqual", load(split, at(node)), number(0, "long")),
            body: [
              { form: "let", name: "x", value: load(given!.cell, at(load(split, at(node)))) },
              { form: "let", name: "bound", value: load(values, at(node)) },
              { form: "set", name: "node", value: select(test, load(yes, at(node)), load(no, at(node))) },
            ],
          },
        ];
  return [
    ...loops([sums.size], (index) => [store(sums, placeOf(index, [sums.size]), number(0, "double"))]),
    ...loops(
      [roots.length],
      (index) => [
        { form: "let", name: "node", value: load(tree, placeOf(index, [roots.length])) },
        ...down,
        ...leaf,
      ],
      "t",
    ),
  ];
}
