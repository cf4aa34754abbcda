import { classifierForest, binaryThreshold } from "../../op/TreeEnsembleClassifier.ts";
import { regressorForest } from "../../op/TreeEnsembleRegressor.ts";
import { elementCount } from "../../onnx.ts";
import { constantCell, isStep, joined, type Cell, type Piece } from "./cell.ts";
import {
  binaryCell,
  chosenCell,
  isReason,
  missingCell,
  questionCell,
  sharedColumn,
  summedCells,
  unaryCell,
  type CellResult,
  type Unary,
} from "./cell-operator.ts";
import { rowDims, type ClassicCall } from "./classic-call.ts";
import { refusal } from "./classic-reason.ts";
import type { ClassicEstimator, ClassicValue, Score } from "./classic-value.ts";
import {
  BINARY_OPERATORS,
  MOVEMENT_OPERATORS,
  QUESTION_OPERATORS,
  UNARY_OPERATORS,
  WHOLE_QUOTIENT,
} from "./element-operator.ts";
import { FIRST, firstPlace, numberAt } from "./float-order.ts";
import { moved } from "./move.ts";
import { scoresAfter } from "./score-operator.ts";

type Cells = Extract<ClassicValue, { kind: "cells" }>;
type Scores = Extract<ClassicValue, { kind: "scores" }>;

const OTHER_FORM = "an ML Program for nets, LiteRT or ONNX for trees behind it";

const no = ({ node }: ClassicCall, reason: string, instead = OTHER_FORM): Error =>
  refusal(reason, instead, node);

const ok = (call: ClassicCall, made: CellResult): Cell => {
  if (isReason(made)) throw no(call, made.reason);
  return made;
};

const isSingle = (value: number): boolean => Object.is(Math.fround(value), value);

/** Broadcasts cells and constants to the rows of the output: the items of each operand by place. */
function broadcast(call: ClassicCall): readonly (readonly Cell[])[] {
  const out = rowDims(call);
  return call.inputs.map((input) => {
    if (input === undefined || (input.kind !== "cells" && input.kind !== "constant"))
      throw no(call, "one of its inputs is no number of a column");
    const full = input.kind === "cells" ? [1, ...input.dims] : input.dims;
    if (input.kind === "cells" && input.dims.length !== out.length)
      throw no(call, "its inputs have different ranks");
    if (full.length === out.length + 1 && full[0] !== 1) throw no(call, "a constant of its own for each row");
    const tail = full.length === out.length + 1 ? full.slice(1) : full;
    const padded = [...Array.from({ length: out.length - tail.length }, () => 1), ...tail];
    if (input.kind === "constant" && Array.from(input.values).some((value) => !isSingle(value)))
      throw no(call, "single precision does not hold one of its constants");
    const known = input.kind === "constant" ? Array.from(input.values, constantCell) : input.items;
    return Array.from({ length: elementCount(out) }, (_, place) => {
      let [rest, at, stride] = [place, 0, 1];
      for (let axis = out.length - 1; axis >= 0; axis--) {
        const index = rest % out[axis]!;
        rest = Math.floor(rest / out[axis]!);
        if (padded[axis] !== 1) at += index * stride;
        stride *= padded[axis]!;
      }
      return known[at]!;
    });
  });
}

/** An operator place by place. */
function each(call: ClassicCall, of: (cells: readonly Cell[]) => CellResult): readonly ClassicValue[] {
  const operands = broadcast(call);
  const dims = rowDims(call);
  const items = Array.from({ length: elementCount(dims) }, (_, place) =>
    ok(call, of(operands.map((cells) => cells[place]!))),
  );
  return [{ kind: "cells", dims, items }];
}

/** A cell of whole numbers as constants between two of them. */
function indexed(cell: Cell, low: number, high: number): Cell {
  const held = (value: number): number => Math.min(high, Math.max(low, Math.trunc(value)));
  let begin = FIRST;
  const pieces = cell.pieces.flatMap(({ to, rule }): readonly Piece[] => {
    let from = begin;
    begin = to + 1;
    if ("value" in rule) return [{ to, rule: { value: held(rule.value) } }];
    const steps: Piece[] = [];
    while (from <= to) {
      const value = held(rule.of(numberAt(from)));
      const next = firstPlace(from, to, (x) => held(rule.of(x)) !== value);
      steps.push({ to: next - 1, rule: { value } });
      from = next;
    }
    return steps;
  });
  return joined(cell.column, pieces, cell.missing);
}

/** The row of a table that each cell names; a table of more rows than this is no table of categories. */
const MOST_ROWS = 65_536;

function gathered(call: ClassicCall): readonly ClassicValue[] {
  const [table, index] = call.inputs as readonly [ClassicValue, Cells];
  const axis = Number(call.inferred.attributes["axis"]);
  if (table.kind !== "constant" || (axis !== 0 && axis !== -table.dims.length))
    throw no(call, "it looks rows up in what is no constant table");
  const rows = table.dims[0]!;
  if (rows > MOST_ROWS) throw no(call, `its table has more than ${MOST_ROWS} rows`);
  const width = elementCount(table.dims.slice(1));
  const items = index.items.flatMap((cell) => {
    const places = indexed(cell, -rows, rows - 1);
    return Array.from({ length: width }, (_, at) => {
      const valueAt = (row: number): number =>
        Math.fround(Number(table.values[(row < 0 ? row + rows : row) * width + at] ?? Number.NaN));
      const pieces = places.pieces.map(({ to, rule }): Piece => ({
        to,
        rule: { value: valueAt((rule as { value: number }).value) },
      }));
      return joined(
        places.column,
        pieces,
        Number.isNaN(places.missing) ? Number.NaN : valueAt(places.missing),
      );
    });
  });
  return [{ kind: "cells", dims: rowDims(call), items }];
}

function oneHot(call: ClassicCall): readonly ClassicValue[] {
  const [index, depth, values] = call.inputs;
  const dims = rowDims(call);
  if (index?.kind !== "cells" || depth?.kind !== "constant" || values?.kind !== "constant")
    throw no(call, "its depth and values are no constants");
  if (Number(call.inferred.attributes["axis"]) !== -1) throw no(call, "its classes are not on the last axis");
  const count = Number(depth.values[0]);
  const [off, on] = [Number(values.values[0]), Number(values.values[1])];
  const items = index.items.flatMap((cell) => {
    // What lies outside stays outside: it is nowhere, where Gather has no such place.
    const places = indexed(cell, -count - 1, count);
    return Array.from({ length: count }, (_, at) => {
      const is = (value: number): number => (value === at || value + count === at ? on : off);
      return joined(
        places.column,
        places.pieces.map(({ to, rule }) => ({ to, rule: { value: is((rule as { value: number }).value) } })),
        is(places.missing),
      );
    });
  });
  return [{ kind: "cells", dims, items }];
}

/** Raw scores of an estimator, each as it comes. */
export function rawScores(estimator: ClassicEstimator): Scores {
  const items = Array.from({ length: estimator.outputs }, (_, at): Score => ({
    factors: Array.from({ length: estimator.outputs }, (__, other) => (at === other ? 1 : 0)),
    offset: 0,
  }));
  return { kind: "scores", dims: [items.length], items, estimator, link: "none" };
}

/** Cells [N, F] times a constant [F, K], as cells where one column is all there is, else as a linear model. */
function product(
  call: ClassicCall,
  cells: Cells,
  weightOf: (feature: number, output: number) => number,
  outputs: number,
): ClassicValue {
  const features = cells.items;
  const columns = Array.from({ length: outputs }, (_, output) =>
    features.map((__, at) => weightOf(at, output)),
  );
  if (sharedColumn(features) !== undefined && features.every((cell) => isStep(cell)))
    return {
      kind: "cells",
      dims: [outputs],
      items: columns.map((factors) => ok(call, summedCells(features, factors))),
    };
  return rawScores({ kind: "linear", features, outputs, weights: columns });
}

function matrixProduct(call: ClassicCall): readonly ClassicValue[] {
  const [left, right, bias] = call.inputs;
  const { op } = call.node;
  if (
    left?.kind !== "cells" ||
    left.dims.length !== 1 ||
    right?.kind !== "constant" ||
    right.dims.length !== 2
  )
    throw no(call, "it does not multiply columns with constants");
  const {
    transA = 0,
    transB = 0,
    alpha = 1,
    beta = 1,
  } = call.inferred.attributes as unknown as Readonly<Record<string, number>>;
  if (transA !== 0) throw no(call, "it turns its rows");
  const [rows, columns] = right.dims as readonly [number, number];
  const outputs = transB === 0 ? columns : rows;
  const weightOf = (feature: number, output: number): number =>
    alpha *
    Number(
      transB === 0 ? right.values[feature * columns + output] : right.values[output * columns + feature],
    );
  const made = product(call, left, weightOf, outputs);
  if (op === "MatMul" || bias === undefined) return [made];
  if (bias.kind !== "constant") throw no(call, "what it adds is no constant");
  const added = (at: number): number =>
    beta * Number(bias.values[bias.values.length === 1 ? 0 : at % outputs]);
  if (made.kind === "cells")
    return [
      {
        ...made,
        items: made.items.map((cell, at) =>
          ok(call, binaryCell(cell, constantCell(added(at)), BINARY_OPERATORS.Add)),
        ),
      },
    ];
  const scores = made as Scores;
  return [{ ...scores, items: scores.items.map(({ factors }, at) => ({ factors, offset: added(at) })) }];
}

function trees(call: ClassicCall): readonly ClassicValue[] {
  const [x] = call.inputs;
  if (x?.kind !== "cells") throw no(call, "its rows are no columns");
  const width = x.items.length;
  const { op, name } = call.node;
  const base = (outputs: number): readonly number[] => {
    const given = call.inferred.attributes["base_values"] as readonly number[];
    return given.length === 0 ? Array.from({ length: outputs }, () => 0) : given;
  };
  if (op === "TreeEnsembleRegressor") {
    const attributes = call.inferred.attributes as unknown as Parameters<typeof regressorForest>[1];
    const forest = regressorForest(name, attributes, width);
    const outputs = attributes.n_targets;
    const factor = attributes.aggregate_function === "AVERAGE" ? 1 / forest.roots.length : 1;
    return [rawScores({ kind: "trees", features: x.items, forest, outputs, base: base(outputs), factor })];
  }
  const attributes = call.inferred.attributes as unknown as Parameters<typeof classifierForest>[1];
  const labels = attributes.classlabels_int64s;
  const outputs = labels.length === 2 ? 1 : labels.length;
  const forest = classifierForest(name, attributes, width);
  const raw = rawScores({
    kind: "trees",
    features: x.items,
    forest,
    outputs,
    base: base(outputs),
    factor: 1,
  });
  const link =
    attributes.post_transform === "SOFTMAX"
      ? "softmax"
      : attributes.post_transform === "LOGISTIC"
        ? "sigmoid"
        : "none";
  // Of two classes the second has a score: a share, whose rest is the first one's, or a margin.
  const first = link === "none" && binaryThreshold(attributes) > 0 ? 1 : 0;
  const items =
    outputs > 1
      ? raw.items
      : [
          { factors: [-1], offset: first },
          { factors: [1], offset: 0 },
        ];
  const label: ClassicValue = {
    kind: "label",
    of: call.node.outputs[1] ?? call.node.outputs[0]!,
    labels,
  };
  return [label, { ...raw, dims: [labels.length], items, link, labels }];
}

/** As graphs are computed here, and on ARM: ONNX leaves open what NaN is as a whole number. */
const WHOLE: Unary = { of: (x) => (Number.isNaN(x) ? 0 : Math.trunc(x)), way: 1 };

function cast(call: ClassicCall): readonly ClassicValue[] {
  const to = call.inferred.outputs[0]!.elementType;
  const [x] = call.inputs;
  if (x?.kind === "label") return [x];
  if (to === "float32") return each(call, ([cell]) => cell!);
  if (to === "bool") return each(call, ([cell]) => questionCell(cell!, constantCell(0), (a, b) => a !== b));
  if (to === "int32" || to === "int64") return each(call, ([cell]) => unaryCell(cell!, WHOLE));
  throw no(call, `single precision does not hold what ${to} does`, "float32, int32, int64 or bool");
}

/** Sums over the last axes of a row, of cells of one column. */
function summed(call: ClassicCall): readonly ClassicValue[] {
  const [x, axes] = call.inputs;
  if (x?.kind !== "cells" || axes?.kind !== "constant" || axes.values.length !== 1)
    throw no(call, "it sums over what are no single axis of columns");
  const rank = x.dims.length + 1;
  const axis = (Number(axes.values[0]) + rank) % rank;
  if (axis !== rank - 1 || axis === 0) throw no(call, "it does not sum over the last axis");
  const width = x.dims.at(-1)!;
  const items = Array.from({ length: x.items.length / width }, (_, at) => {
    const cells = x.items.slice(at * width, (at + 1) * width);
    return ok(
      call,
      summedCells(
        cells,
        cells.map(() => 1),
      ),
    );
  });
  return [{ kind: "cells", dims: rowDims(call), items }];
}

const clip = ([x, low, high]: readonly Cell[]): CellResult => {
  const above = low === undefined ? x! : binaryCell(x!, low, BINARY_OPERATORS.Max);
  return isReason(above) || high === undefined ? above : binaryCell(above, high, BINARY_OPERATORS.Min);
};

const named = <T>(table: Readonly<Record<string, T>>, op: string): T | undefined =>
  Object.hasOwn(table, op) ? table[op] : undefined;

/** What the outputs of a node are. @throws a `ClassicRefusal` */
export function applyClassic(call: ClassicCall): readonly ClassicValue[] {
  const { op } = call.node;
  const { inputs } = call;
  const scores = inputs.find((input) => input?.kind === "scores");
  if (scores?.kind === "scores") return scoresAfter(call, scores);
  if (inputs.some((input) => input?.kind === "label")) {
    if (op === "Cast" || op === "Identity") return [inputs[0]!];
    throw no(call, "it computes with a label");
  }
  if (op === "Gather" && inputs[1]?.kind === "cells") return gathered(call);
  if (MOVEMENT_OPERATORS.has(op)) return moved(call, constantCell);
  if (op === "OneHot") return oneHot(call);
  if (op === "Gemm" || op === "MatMul") return matrixProduct(call);
  if (op === "TreeEnsembleRegressor" || op === "TreeEnsembleClassifier") return trees(call);
  if (op === "ReduceSum") return summed(call);
  if (op === "Cast") return cast(call);
  if (op === "IsNaN") return each(call, ([cell]) => missingCell(cell!));
  if (op === "Where") return each(call, ([asked, yes, other]) => chosenCell(asked!, yes!, other!));
  if (op === "Clip") return each({ ...call, inputs: inputs.filter((input) => input !== undefined) }, clip);
  if (op === "Not") return each(call, ([cell]) => questionCell(cell!, constantCell(0), (a, b) => a === b));
  if (op === "Softmax" || op === "Sigmoid") {
    const [x] = inputs;
    // A linear model of one feature, or of features that are scores already.
    if (x?.kind === "cells" && x.dims.length === 1 && !(op === "Sigmoid" && x.items.every(isStep)))
      return scoresAfter(call, scoresOf(x));
  }
  const unary = named(UNARY_OPERATORS, op);
  if (unary !== undefined) return each(call, ([cell]) => unaryCell(cell!, unary));
  const whole = call.inferred.outputs[0]!.elementType.startsWith("int");
  const binary = op === "Div" && whole ? WHOLE_QUOTIENT : named(BINARY_OPERATORS, op);
  if (binary !== undefined)
    return each(call, (cells) =>
      cells
        .slice(1)
        .reduce<CellResult>(
          (made, cell) => (isReason(made) ? made : binaryCell(made, cell, binary)),
          cells[0]!,
        ),
    );
  const question = named(QUESTION_OPERATORS, op);
  if (question !== undefined) return each(call, ([a, b]) => questionCell(a!, b!, question));
  throw no(call, "classic forms compute nothing like it");
}

/** Cells as the scores of a linear model that takes each as it is. */
export function scoresOf({ items }: Cells): Scores {
  const weights = items.map((_, at) => items.map((__, other) => (at === other ? 1 : 0)));
  return rawScores({ kind: "linear", features: items, outputs: items.length, weights });
}
