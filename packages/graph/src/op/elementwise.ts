import { formatDims, type Dim } from "../onnx.ts";
import { broadcast, forEachIndex, offsetOf } from "../shape.ts";
import {
  defineOp,
  illegal,
  type GradientRule,
  type NoGradient,
  type OpCall,
  type OpDefinition,
  type OpEvaluation,
} from "./op-definition.ts";
import { sharedType } from "./rule.ts";

export type NoAttributes = Record<never, never>;
type Family = "a floating-point type" | "a numeric type";

/** The shape that all inputs broadcast to. */
function broadcastInputs(call: OpCall): readonly Dim[] {
  let dims: readonly Dim[] = [];
  for (const input of call.inputs) {
    const next = broadcast(dims, input?.dims ?? []);
    if (next === undefined) {
      const shapes = call.inputs.map((input) => formatDims(input?.dims ?? [])).join(" and ");
      throw illegal(call.who, "inputs", "shapes that broadcast", shapes);
    }
    dims = next;
  }
  return dims;
}

/** An operator of one input, element by element. */
export function unary(
  family: Family,
  compute: (x: number) => number,
  gradient?: GradientRule<NoAttributes> | NoGradient,
): OpDefinition<NoAttributes> {
  return defineOp<NoAttributes>({
    ...(gradient === undefined ? {} : { gradient }),
    inputs: ["X"],
    attributes: {},
    infer: (call) => [{ elementType: sharedType(call, family), dims: call.inputs[0]!.dims }],
    evaluate: ({ inputs }) => [inputs[0]!.values.map((x) => compute(x))],
  });
}

/** The inputs combined from left to right under broadcasting. */
function combine({ inputs, outputs }: OpEvaluation, compute: (a: number, b: number) => number): Float64Array {
  const output = outputs[0]!;
  const [first, ...rest] = inputs.filter((input) => input !== undefined);
  const integer = output.elementType !== "float32" && output.elementType !== "float64";
  const values: number[] = [];
  forEachIndex(output.dims, (index) => {
    let value = first!.values[offsetOf(index, first!.dims)]!;
    for (const input of rest) value = compute(value, input.values[offsetOf(index, input.dims)]!);
    values.push(integer ? Math.trunc(value) : value);
  });
  return Float64Array.from(values);
}

/** An operator of two inputs of one type, element by element under broadcasting. Integers round towards zero. */
export function binary(
  compute: (a: number, b: number) => number,
  gradient?: GradientRule<NoAttributes> | NoGradient,
): OpDefinition<NoAttributes> {
  return defineOp<NoAttributes>({
    ...(gradient === undefined ? {} : { gradient }),
    inputs: ["A", "B"],
    attributes: {},
    infer: (call) => [{ elementType: sharedType(call, "a numeric type"), dims: broadcastInputs(call) }],
    evaluate: (call) => [combine(call, compute)],
  });
}

/** As `binary`, for one or more inputs. */
export function variadic(compute: (a: number, b: number) => number): OpDefinition<NoAttributes> {
  return defineOp({ ...binary(compute), inputs: ["data_0"], variadic: true });
}
