import { graphBuilder, writeOnnx } from "@tideline/graph";
import type { FrameSchema } from "@tideline/learn/frame";
import {
  features,
  graphInputs,
  textDictionaries,
  textInputs,
  type FittedChain,
  type FittedTransform,
  type GraphColumn,
} from "@tideline/learn/transform";
import { isTidelineError } from "@tideline/spec";

/** The graph of a chain, or why there is none. */
export type ChainGraph =
  | {
      readonly bytes: Uint8Array;
      /** [F], what the elements of the output `features` are. */
      readonly names: readonly string[];
      /** Columns of the prepared rows that are no numbers, and so not in `features`. */
      readonly left: readonly string[];
    }
  | { readonly unsupported: string };

/**
 * The chain as an ONNX graph: an input for each column that it is given (numbers float32 [N, 1], times float64, texts as
 * texts), an output `features`, float32 [N, F], of every column of numbers behind it, in order.
 */
export function graphOfChain(name: string, chain: FittedChain, schema: FrameSchema): ChainGraph {
  if (chain.unsupported.length > 0) return { unsupported: chain.unsupported.join("; ") };
  const transforms = chain.steps.filter((step): step is FittedTransform => !("rule" in step));
  const dictionaries = textDictionaries(transforms);
  const needed = new Set(chain.inputs.map((column) => column.name));
  // Texts, times, series and bytes that no step reads have no place in numbers.
  const numbers = ["float", "integer", "boolean", "vector"];
  const inputs = schema.filter((column) => needed.has(column.name) || numbers.includes(column.kind));
  try {
    const g = graphBuilder(name);
    const columns = chain.lower(g, graphInputs(g, inputs, { strings: "codes", dictionaries }));
    const given = columns.filter(isNumber);
    if (given.length === 0) return { unsupported: "no column of numbers is left" };
    const { value, names } = features(g, given);
    g.output("features", value);
    const known = Object.fromEntries(Object.entries(dictionaries).filter(([input]) => needed.has(input)));
    const left = [
      ...columns.filter((column) => !isNumber(column)),
      ...schema.filter((one) => !inputs.includes(one)),
    ];
    const model = textInputs(g.build(), known);
    return { bytes: writeOnnx(model), names, left: left.map((column) => column.name) };
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    return { unsupported: error.message };
  }
}

const isNumber = (column: GraphColumn): boolean => column.kind === "number";
