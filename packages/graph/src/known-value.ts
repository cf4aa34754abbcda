import { ELEMENT_TYPES, valuesOf, type ElementType } from "./element-type.ts";
import { elementCount, type Dim, type TensorType } from "./onnx.ts";
import type { AttributeRules, OpCall, OpDefinition, OpInput } from "./op/op-definition.ts";
import { movedLengths } from "./known-length.ts";

/** What decides a shape is short; more elements than this are data, which is left to the runtime. */
export const KNOWN_ELEMENTS = 1024;

/**
 * Operators on fractions whose results are known before the graph runs as well: their result is the correctly rounded
 * one in every runtime. Of the others (exponentials, sums, products of matrices) the last digit differs, and with it
 * a length that is computed from them might.
 */
const EXACT: ReadonlySet<string> = new Set(
  (
    "Abs Add And Cast Ceil Concat ConstantOfShape Div Equal Expand Flatten Floor Gather GatherElements GatherND Greater " +
    "GreaterOrEqual Identity Less LessOrEqual Max Min Mul Neg Not Or Pad Range Reshape Round ScatterElements ScatterND " +
    "Shape Sign Size Slice Split Sqrt Squeeze Sub Tile Transpose Trilu Unsqueeze Where Xor"
  ).split(" "),
);

/** The lengths of a type, where all are known and there are few elements. */
function fewDims({ dims }: TensorType): readonly number[] | undefined {
  const known = dims.every((dim) => typeof dim === "number");
  return known && elementCount(dims as readonly number[]) <= KNOWN_ELEMENTS
    ? (dims as readonly number[])
    : undefined;
}

/** Numbers as a runtime stores them, or undefined where that would change an integer or is not exact here. */
function storedExactly(elementType: ElementType, numbers: Float64Array): ArrayLike<number> | undefined {
  const { kind } = ELEMENT_TYPES[elementType];
  if (elementType === "float64") return numbers;
  if (elementType === "float32") return Float32Array.from(numbers);
  if (kind === "float" || !numbers.every(Number.isSafeInteger)) return undefined;
  const stored = Array.from(valuesOf(elementType, [...numbers]), Number);
  return stored.every((number, at) => number === numbers[at]) ? stored : undefined;
}

/** Numbers that an operator is given. */
interface Given {
  readonly elementType: ElementType;
  readonly values: ArrayLike<number>;
}

/** The most that a sum or a product may reach on the way, whatever its order. */
function reach(op: string, inputs: readonly (Given | undefined)[]): number {
  const sizes = inputs.flatMap((input) =>
    input === undefined || ELEMENT_TYPES[input.elementType].kind !== "int"
      ? []
      : [Array.from(input.values, Math.abs)],
  );
  const sums = sizes.map((list) => list.reduce((sum, value) => sum + value, 0));
  const most = sizes.map((list) => list.reduce((largest, value) => Math.max(largest, value), 0));
  if (op === "MatMul" || op === "Gemm" || op === "Einsum") return sums.reduce((size, sum) => size * sum, 1);
  if (op === "Mul") return most.reduce((size, value) => size * value, 1);
  if (op === "Pow") return (most[0] ?? 0) ** (most[1] ?? 1);
  if (op === "ReduceSumSquare") return (sums[0] ?? 0) ** 2;
  if (op === "ReduceProd") return (sizes[0] ?? []).reduce((size, value) => size * Math.max(1, value), 1);
  return sums.reduce((size, sum) => size + sum, 0);
}

/**
 * Whether no integer was rounded on the way: kernels compute in double precision, runtimes in 64 bits that wrap. A product
 * or a sum that leaves 2^53 on the way may come back into it, so that the sizes of what went in are looked at, too.
 */
export function isExact(
  op: string,
  inputs: readonly (Given | undefined)[],
  outputs: readonly { readonly elementType: ElementType }[],
  results: readonly Float64Array[],
): boolean {
  const whole = outputs.map(({ elementType }) => ELEMENT_TYPES[elementType].kind === "int");
  if (!whole.includes(true)) return true;
  const safe = results.every((list, at) => !whole[at] || list.every(Number.isSafeInteger));
  return safe && reach(op, inputs) <= Number.MAX_SAFE_INTEGER;
}

/** The outputs' values where all inputs are constant and few, by the operator's own kernel. */
function evaluated(
  op: string,
  definition: OpDefinition,
  { inputs, attributes }: OpCall,
  outputs: readonly OpInput[],
): readonly (ArrayLike<number> | undefined)[] | undefined {
  const known = inputs.map((input) => {
    if (input === undefined) return undefined;
    const dims = fewDims(input);
    const { elementType, constant } = input;
    return dims && constant && { elementType, dims, values: Float64Array.from(constant) };
  });
  const concrete = outputs.map((output) => {
    const dims = fewDims(output);
    return dims && { elementType: output.elementType, dims };
  });
  if (inputs.some((input, at) => input && known[at] === undefined)) return undefined;
  if (!concrete.every((output) => output !== undefined)) return undefined;
  // An int64 beyond 2^53 stands rounded; what only bounds (the end of a Slice) may be so, what is computed with may not.
  const wide = known.some(
    (tensor) =>
      tensor !== undefined &&
      ELEMENT_TYPES[tensor.elementType].kind === "int" &&
      !tensor.values.every(Number.isSafeInteger),
  );
  if (wide) return undefined;
  const results = definition.evaluate({ inputs: known, attributes, outputs: concrete });
  if (!isExact(op, known, concrete, results)) return undefined;
  return results.map((numbers, at) => storedExactly(outputs[at]!.elementType, numbers));
}

/** An output of which its lengths are known: as a constant where each is a number. */
function withLengths(output: OpInput, lengths: readonly Dim[]): OpInput {
  const { elementType, dims } = output;
  if (lengths.every((length) => typeof length === "number")) return { elementType, dims, constant: lengths };
  return lengths.every((length) => length === "") ? { elementType, dims } : { elementType, dims, lengths };
}

/**
 * What is known of the outputs' values before the graph runs: numbers, where everything that they come from is known;
 * lengths that are only named, where a shape was taken apart and put together. With this the shape arithmetic that
 * exporters write into a graph (Shape, Gather, Mul, Concat, Reshape) is followed as if the shape stood there.
 *
 * An integer that a runtime would store otherwise than we compute it (beyond 2^53, or its type's range) counts as
 * unknown, never as a rounded one.
 */
export function knownOutputs(
  op: string,
  definition: OpDefinition,
  call: OpCall<AttributeRules>,
  outputs: readonly OpInput[],
): readonly OpInput[] {
  const open = outputs.map((output) =>
    output.lengths === undefined ? output : withLengths(output, output.lengths),
  );
  if (call.inputs.length === 0 || open.every(({ constant, lengths }) => constant ?? lengths)) return open;
  const types = [...call.inputs, ...outputs].flatMap((value) => (value === undefined ? [] : [value]));
  const whole = types.every(({ elementType }) => ELEMENT_TYPES[elementType].kind !== "float");
  if (whole || EXACT.has(op)) {
    const values = evaluated(op, definition, call, outputs);
    if (values !== undefined)
      return open.map((output, at) => {
        const constant = output.constant ?? values[at];
        return constant === undefined ? output : { ...output, constant };
      });
  }
  const moved = whole ? movedLengths(op, definition, call, outputs) : undefined;
  return moved === undefined ? open : open.map((output, at) => withLengths(output, moved[at]!));
}
