import { binaryThreshold, classifierForest } from "../op/TreeEnsembleClassifier.ts";
import { regressorForest } from "../op/TreeEnsembleRegressor.ts";
import type { Forest } from "../op/forest.ts";
import { logistic } from "./emit-elementwise.ts";
import { load, local, loops, placeOf, store, type EmitCall, type Emitter } from "./emitter.ts";
import { apply, ask, cast, number, select } from "./expression.ts";
import type { Cell, Expression, Place, Statement } from "./program.ts";
import { at, walkTrees } from "./walk-trees.ts";

/** Nodes of an ensemble at most: about 30 MB of source. */
const NODES = 2 ** 20;

const tooLarge = ({ nodes }: Forest) =>
  nodes.length > NODES
    ? {
        unsupported: `it has ${nodes.length} nodes, and ${NODES} are written at most`,
        instead: "a model table",
      }
    : undefined;

/** The sums with what each begins with, in `sums`; in the order in which the interpreter adds. */
function based(
  sums: Cell,
  base: readonly number[],
  divisor: number,
  { constant }: EmitCall,
): readonly Statement[] {
  if (base.length === 0 && divisor === 1) return [];
  const bases = base.length === 0 ? undefined : constant("float", base);
  return loops([sums.size], (index) => {
    const place = placeOf(index, [sums.size]);
    const shared =
      divisor === 1 ? load(sums, place) : apply("div", load(sums, place), number(divisor, "double"));
    return [
      store(
        sums,
        place,
        bases === undefined ? shared : apply("add", shared, cast(load(bases, place), "double")),
      ),
    ];
  });
}

const TreeEnsembleRegressor: Emitter = (call) => {
  const { inputs, outputs, attributes, work } = call;
  const [given, out] = [inputs[0]!, outputs[0]!];
  type Attributes = Parameters<typeof regressorForest>[1];
  const own = attributes as Attributes;
  const forest = regressorForest("TreeEnsembleRegressor", own, given.dims[1]!);
  const large = tooLarge(forest);
  if (large !== undefined) return large;
  const sums = work("double", own.n_targets);
  const divisor = own.aggregate_function === "AVERAGE" ? forest.roots.length : 1;
  return [
    ...walkTrees(forest, sums, call),
    ...based(sums, own.base_values, divisor, call),
    ...loops([own.n_targets], (index) => {
      const place = placeOf(index, [own.n_targets]);
      return [store(out.cell, place, cast(load(sums, place), out.cell.kind))];
    }),
  ];
};

type ClassifierAttributes = Parameters<typeof classifierForest>[1];

/** The label and the scores of two classes, from the score of the second. */
function ofTwo(
  score: Expression,
  { outputs: [label, scores] }: EmitCall,
  own: ClassifierAttributes,
): readonly Statement[] {
  const threshold = binaryThreshold(own);
  const [first, second] = own.classlabels_int64s.map((value) => number(value, "long"));
  const isSecond = ask("greater", score, number(threshold, "double"));
  const both =
    own.post_transform === "LOGISTIC"
      ? [logistic(apply("neg", score)), logistic(score)]
      : [threshold > 0 ? apply("sub", number(1, "double"), score) : apply("neg", score), score];
  return [
    ...(label === undefined
      ? []
      : [store(label.cell, { base: 0, terms: [] }, select(isSecond, second!, first!))]),
    ...(scores === undefined
      ? []
      : both.map((value, place) => store(scores.cell, { base: place, terms: [] }, cast(value, "float")))),
  ];
}

const TreeEnsembleClassifier: Emitter = (call) => {
  const { inputs, outputs, attributes, work, constant } = call;
  const own = attributes as ClassifierAttributes;
  const { classlabels_int64s: labels, post_transform } = own;
  const forest = classifierForest("TreeEnsembleClassifier", own, inputs[0]!.dims[1]!);
  const large = tooLarge(forest);
  if (large !== undefined) return large;
  const sums = work("double", labels.length === 2 ? 1 : labels.length);
  const scored = [...walkTrees(forest, sums, call), ...based(sums, own.base_values, 1, call)];
  const first = load(sums, { base: 0, terms: [] });
  if (labels.length === 2)
    return [
      ...scored,
      { form: "let", name: "score", value: first },
      ...ofTwo(local("score", "double"), call, own),
    ];
  const [best, most, total] = [local("best", "long"), local("most", "double"), local("total", "double")];
  const [label, scores] = outputs;
  const dims = [labels.length];
  const each = (body: (score: Expression, place: Place, index: string) => readonly Statement[]) =>
    loops(dims, ([index]) => {
      const place = placeOf([index!], dims);
      return body(load(sums, place), place, index!);
    });
  const known = constant("long", labels);
  const power = (score: Expression) => apply("exp", apply("sub", score, most));
  const after = (score: Expression): Expression => {
    if (post_transform === "LOGISTIC") return logistic(score);
    return post_transform === "SOFTMAX" ? apply("div", power(score), total) : score;
  };
  const isSoft = post_transform === "SOFTMAX" && scores !== undefined;
  return [
    ...scored,
    { form: "let", name: "best", value: number(0, "long") },
    { form: "let", name: "most", value: first },
    ...each((score, _, index) => [
      {
        form: "if",
        test: ask("greater", score, most),
        body: [
          { form: "set", name: "best", value: { form: "counter", kind: "long", loop: index, base: 0 } },
          { form: "set", name: "most", value: score },
        ],
      },
    ]),
    ...(label === undefined ? [] : [store(label.cell, { base: 0, terms: [] }, load(known, at(best)))]),
    ...(isSoft ? [{ form: "let", name: "total", value: number(0, "double") } as const] : []),
    ...(isSoft
      ? each((score) => [{ form: "set", name: "total", value: apply("add", total, power(score)) }])
      : []),
    ...(scores === undefined
      ? []
      : each((score, place) => [store(scores.cell, place, cast(after(score), "float"))])),
  ];
};

/** Ensembles of trees. */
export const EMIT_TREE = { TreeEnsembleClassifier, TreeEnsembleRegressor } as const;
