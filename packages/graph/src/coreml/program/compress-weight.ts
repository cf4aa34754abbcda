import { symmetric } from "../../litert/weight.ts";
import { withOperands, type MilGraph, type MilOperator, type MilTensor } from "./mil-graph.ts";
import { packedBits, paletteOf } from "./palette.ts";
import { weightsOf } from "./weight.ts";

/** Fewer elements save less than the operator that widens them takes. */
const LEAST_ELEMENTS = 256;

/** A constant of an operator's own. */
const own = (
  name: string,
  type: MilTensor["type"],
  values: NonNullable<MilTensor["values"]>,
  dims: readonly number[],
): MilTensor => ({
  name,
  type,
  dims,
  open: dims.map(() => false),
  values,
});

/** A weight in 8 bits with a scale for each channel: `scale * (q - 0)`. */
function inBytes(weight: MilTensor, axis: number, wide: MilTensor): MilOperator {
  const { values, quantisation } = symmetric(
    { values: weight.values as Float32Array, dims: weight.dims },
    axis,
  );
  const channels = weight.dims[axis]!;
  return {
    op: "constexpr_affine_dequantize",
    inputs: {
      quantized_data: own("data", "int8", values, weight.dims),
      zero_point: own("zero", "int8", new Int8Array(channels), [channels]),
      scale: own("scale", "fp32", Float32Array.from(quantisation.scales), [channels]),
      axis: own("axis", "int32", Int32Array.of(axis), []),
    },
    outputs: [wide],
  };
}

/** A weight as places in a table. */
function inColours(weight: MilTensor, colours: number, wide: MilTensor): MilOperator {
  const { table, places } = paletteOf(weight.values as Float32Array, colours);
  const indices = packedBits(places, Math.log2(colours));
  return {
    op: "constexpr_lut_to_dense",
    inputs: {
      indices: own("indices", "uint8", indices, [indices.length]),
      lut: own("lut", "fp32", table, [table.length]),
      shape: own("shape", "uint32", Uint32Array.from(weight.dims), [weight.dims.length]),
    },
    outputs: [wide],
  };
}

/** The graph with its weights in fewer bits, which are widened when the model is loaded; and how many are. */
export function withCompressedWeights(
  graph: MilGraph,
  form: { readonly colours: number } | "int8",
): { readonly graph: MilGraph; readonly compressed: number } {
  const widened = new Map<MilTensor, MilTensor>();
  const widening: MilOperator[] = [];
  for (const [weight, axis] of graph.operators.flatMap(weightsOf)) {
    const values = weight.values as Float32Array;
    if (widened.has(weight) || values.length < LEAST_ELEMENTS || !values.every(Number.isFinite)) continue;
    const { values: _, ...wide } = weight;
    widened.set(weight, wide);
    widening.push(form === "int8" ? inBytes(weight, axis, wide) : inColours(weight, form.colours, wide));
  }
  const operators = graph.operators.map((operator) => {
    const weights = new Set(weightsOf(operator).map(([weight]) => weight));
    return withOperands(operator, (tensor) =>
      weights.has(tensor) ? (widened.get(tensor) ?? tensor) : tensor,
    );
  });
  return { graph: { ...graph, operators: [...widening, ...operators] }, compressed: widening.length };
}
