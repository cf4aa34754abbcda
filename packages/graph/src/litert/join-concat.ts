import { readsOf } from "./fuse.ts";
import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";

/** XNNPACK lays so many parts side by side; more of them are left to a kernel that is slower. */
const MOST_PARTS = 4;

/** The graph with what is laid side by side, and then beside others along the same axis, laid so at once. */
export function joinedConcats(graph: LiteGraph): LiteGraph {
  const reads = readsOf(graph);
  const joined = new Map<LiteTensor, LiteOperator>();
  const gone = new Set<LiteTensor>();
  const operators = graph.operators.map((operator) => {
    if (operator.op !== "CONCATENATION") return operator;
    const partsOf = (tensor: LiteTensor | undefined): LiteOperator["inputs"] | undefined => {
      const maker = tensor && joined.get(tensor);
      const fits = maker?.options["axis"] === operator.options["axis"] && reads.get(tensor!) === 1;
      return fits ? maker!.inputs : undefined;
    };
    const all = operator.inputs.flatMap((tensor) => partsOf(tensor) ?? [tensor]);
    const joins = all.length <= MOST_PARTS || operator.inputs.length > MOST_PARTS;
    if (joins) for (const tensor of operator.inputs) if (partsOf(tensor) !== undefined) gone.add(tensor!);
    const next = joins ? { ...operator, inputs: all } : operator;
    joined.set(operator.outputs[0]!, next);
    return next;
  });
  return { ...graph, operators: operators.filter(({ outputs }) => !gone.has(outputs[0]!)) };
}
