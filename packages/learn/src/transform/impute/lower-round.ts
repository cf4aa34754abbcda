import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { choose, one } from "../graph-math.ts";
import { numberColumns, packColumns, rowConstant, unpackColumns } from "../number-graph.ts";
import type { GraphColumn } from "../transform-def.ts";
import type { IterativeImputerOptions } from "./iterative-option.ts";
import type { Rounds } from "./iterative-round.ts";

/** Models that a graph is given at most: each is four nodes. */
const MOST_STEPS = 500;

/** Rounds in a graph, one model after the other. @throws RUNTIME_UNSUPPORTED for more than 500 models. */
export function lowerRounds(
  { initial, order, lines }: Rounds,
  { minValue, maxValue }: IterativeImputerOptions,
  g: GraphBuilder,
  columns: readonly GraphColumn[],
): readonly GraphColumn[] {
  if (order.length > MOST_STEPS)
    throw tidelineError("RUNTIME_UNSUPPORTED", {
      who: "iterativeImputer",
      field: "maxIter",
      expected: `at most ${MOST_STEPS} models, columns times rounds`,
      received: String(order.length),
      remedy: "Take fewer rounds, or fewer columns.",
    });
  const width = initial.length;
  const x = packColumns(g, "iterativeImputer", columns);
  const missing = g.op("IsNaN", [x]);
  const low = minValue === undefined ? undefined : one(g, minValue);
  const high = maxValue === undefined ? undefined : one(g, maxValue);
  let filled = choose(g, missing, rowConstant(g, initial), x);
  for (const [step, lane] of order.entries()) {
    const from = step * (width + 1);
    const weights = g.constant(Float32Array.from(lines.subarray(from, from + width)), [width, 1]);
    const sum = g.op("Add", [g.op("MatMul", [filled, weights]), one(g, lines[from + width]!)]);
    const above = low === undefined ? sum : g.op("Max", [sum, low]);
    const within = high === undefined ? above : g.op("Min", [above, high]);
    const own = g.constant(
      Uint8Array.from({ length: width }, (_, at) => (at === lane ? 1 : 0)),
      [1, width],
      "bool",
    );
    filled = choose(g, g.op("And", [missing, own]), within, filled);
  }
  return unpackColumns(g, filled, numberColumns("iterativeImputer", columns));
}
