import type { Range } from "../compress/calibrate/range.ts";
import { readsOf } from "./fuse.ts";
import type { LiteGraph, LiteOperator, LiteQuantisation, LiteTensor } from "./lite-graph.ts";
import { asymmetric, SAME_NUMBERS } from "./range.ts";

/** What hands a scale on to what it is made of: numbers beyond its range are left out, or come out as its ends. */
const handsOn = ({ op }: LiteOperator): boolean => SAME_NUMBERS.has(op) && op !== "AVERAGE_POOL_2D";

/**
 * The scales that what alone reads a tensor wants it in: parts that are laid side by side have that of the whole, and what is given
 * in it at once need not be rounded to it later.
 *
 * @param graph in float32
 * @param ranges of its tensors
 * @param fine operators that stay float32, and want nothing
 */
export function wantedScales(
  graph: LiteGraph,
  ranges: ReadonlyMap<LiteTensor, Range>,
  fine: ReadonlySet<LiteOperator>,
): ReadonlyMap<LiteTensor, LiteQuantisation> {
  const reads = readsOf(graph);
  const wanted = new Map<LiteTensor, LiteQuantisation>();
  for (const operator of graph.operators.toReversed()) {
    const { inputs, outputs } = operator;
    const [result] = outputs as readonly [LiteTensor];
    const range = ranges.get(result);
    const joins = operator.op === "CONCATENATION" && range !== undefined && !fine.has(operator);
    const scale = wanted.get(result) ?? (joins ? asymmetric(range) : undefined);
    if (scale === undefined || !(joins || handsOn(operator))) continue;
    for (const tensor of joins ? inputs : inputs.slice(0, 1))
      if (tensor?.type === "FLOAT32" && reads.get(tensor) === 1) wanted.set(tensor, scale);
  }
  return wanted;
}
