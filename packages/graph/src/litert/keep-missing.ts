import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";
import type { LiteOpName } from "./lite-op.ts";

/** Operators that decide by a number. */
const COMPARISONS: ReadonlySet<LiteOpName> = new Set<LiteOpName>([
  "EQUAL",
  "GREATER",
  "GREATER_EQUAL",
  "LESS",
  "LESS_EQUAL",
  "NOT_EQUAL",
]);

const INFINITY: LiteTensor = {
  name: "infinity",
  type: "FLOAT32",
  dims: [],
  open: [],
  values: Float32Array.of(Infinity),
};

/** What decisions of a graph hang on. */
function decisive({ operators }: LiteGraph): ReadonlySet<LiteTensor | undefined> {
  const read = new Set<LiteTensor | undefined>();
  for (const { op, inputs, outputs } of operators.toReversed())
    if (COMPARISONS.has(op) || outputs.some((tensor) => read.has(tensor)))
      for (const tensor of inputs) read.add(tensor);
  return read;
}

/**
 * The graph with logarithms that trees decide by as IEEE 754 has them. The kernel of LiteRT for JavaScript answers 88 to what is
 * missing or infinite; trees send what is missing their own way.
 */
export function keptMissing(graph: LiteGraph): LiteGraph {
  const read = decisive(graph);
  const operators = graph.operators.flatMap((operator): readonly LiteOperator[] => {
    const [x] = operator.inputs as readonly [LiteTensor];
    const [result] = operator.outputs as readonly [LiteTensor];
    if (operator.op !== "LOG" || result.type !== "FLOAT32" || !read.has(result)) return [operator];
    const { dims, open, name } = result;
    const logarithm: LiteTensor = { ...result, name: `${name}/log` };
    const finite: LiteTensor = { name: `${name}/finite`, type: "BOOL", dims, open };
    return [
      { ...operator, outputs: [logarithm] },
      { op: "LESS", inputs: [x, INFINITY], outputs: [finite], options: {} },
      { op: "SELECT_V2", inputs: [finite, logarithm, x], outputs: [result], options: {} },
    ];
  });
  return { ...graph, operators };
}
