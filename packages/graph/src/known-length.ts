import type { ElementType } from "./element-type.ts";
import { elementCount, type Dim } from "./onnx.ts";
import type { OpCall, OpDefinition, OpInput } from "./op/op-definition.ts";
import { forEachIndex, offsetOf, productOf, quotientOf } from "./shape.ts";

/** A shape has few axes; more numbers than this are not one. */
const LENGTHS = 64;

const LENGTH_TYPES: ReadonlySet<ElementType> = new Set(["int64", "int32", "bool"]);

/** Operators that only move what their data inputs hold: the first input, or every one. */
const MOVES: Readonly<Record<string, "first" | "all">> = {
  Cast: "first",
  Concat: "all",
  Expand: "first",
  Flatten: "first",
  Gather: "first",
  Identity: "first",
  Reshape: "first",
  Slice: "first",
  Split: "first",
  Squeeze: "first",
  Tile: "first",
  Transpose: "first",
  Unsqueeze: "first",
};

const numeric = (dims: readonly Dim[]): dims is readonly number[] =>
  dims.every((dim) => typeof dim === "number");

/** Operators that compute with lengths, of which some are only named; the empty name is a number not known. */
const COMPUTES: Readonly<Record<string, (...dims: readonly Dim[]) => Dim>> = {
  Add(a, b) {
    if (a === 0) return b!;
    return b === 0 ? a! : numeric([a!, b!]) ? (a as number) + (b as number) : "";
  },
  Sub(a, b) {
    if (b === 0) return a!;
    if (a !== "" && a === b) return 0;
    return numeric([a!, b!]) ? (a as number) - (b as number) : "";
  },
  Mul(a, b) {
    if (a === 0 || b === 0) return 0;
    return a === "" || b === "" || isNegative(a!) || isNegative(b!)
      ? numberProduct(a!, b!)
      : productOf([a!, b!]);
  },
  Div(a, b) {
    if (b === 1) return a!;
    if (a === "" || b === "") return "";
    if (numeric([a!, b!])) return b === 0 ? "" : Math.trunc((a as number) / (b as number));
    return isNegative(a!) || isNegative(b!) ? "" : (quotientOf(a!, b!) ?? "");
  },
  // A length is never negative, so that a name differs from a negative number; two names may yet be one number.
  Equal(a, b) {
    if (a !== "" && a === b) return 1;
    if (numeric([a!, b!])) return 0;
    return (isNegative(a!) && isName(b!)) || (isNegative(b!) && isName(a!)) ? 0 : "";
  },
  Max(...dims) {
    return dims.every((dim) => dim === dims[0]) ? dims[0]! : numeric(dims) ? Math.max(...dims) : "";
  },
  Min(...dims) {
    return dims.every((dim) => dim === dims[0]) ? dims[0]! : numeric(dims) ? Math.min(...dims) : "";
  },
  Where(condition, a, b) {
    if (typeof condition === "number") return condition === 0 ? b! : a!;
    return a === b ? a! : "";
  },
};

const isNegative = (dim: Dim): boolean => typeof dim === "number" && dim < 0;
const isName = (dim: Dim): boolean => typeof dim === "string" && dim !== "";
const numberProduct = (a: Dim, b: Dim): Dim =>
  typeof a === "number" && typeof b === "number" ? a * b : a === 1 ? b : b === 1 ? a : "";

/** An integer that stands here as itself; a wider one is not known. */
const exact = (dim: Dim): Dim => (typeof dim === "number" && !Number.isSafeInteger(dim) ? "" : dim);

/** An input's elements as lengths: known, named, or unknown; undefined where there are too many to be lengths. */
function lengthsIn(input: OpInput): readonly Dim[] | undefined {
  const count = input.dims.every((dim) => typeof dim === "number")
    ? elementCount(input.dims as readonly number[])
    : Infinity;
  if (count > LENGTHS) return undefined;
  const known = input.lengths ?? (input.constant && Array.from(input.constant));
  return known ?? Array.from({ length: count }, () => "");
}

/** Runs the kernel on numbers that stand for the elements, and reads which element came where. */
function moved(
  definition: OpDefinition,
  { inputs, attributes }: OpCall,
  outputs: readonly OpInput[],
  data: number,
): readonly (readonly Dim[])[] | undefined {
  const tokens: Dim[] = [];
  const tensors = inputs.map((input, at) => {
    if (input === undefined) return undefined;
    const { elementType, dims } = input;
    if (at >= data) return input.constant && { elementType, dims, values: Float64Array.from(input.constant) };
    const lengths = lengthsIn(input);
    if (lengths === undefined) return undefined;
    const first = tokens.push(...lengths) - lengths.length;
    return { elementType, dims, values: Float64Array.from(lengths, (_, place) => first + place) };
  });
  if (inputs.some((input, at) => input !== undefined && tensors[at] === undefined)) return undefined;
  const results = definition.evaluate({
    inputs: tensors as Parameters<OpDefinition["evaluate"]>[0]["inputs"],
    attributes,
    outputs: outputs as Parameters<OpDefinition["evaluate"]>[0]["outputs"],
  });
  return results.map((values) => Array.from(values, (token) => tokens[token]!));
}

/** Computes with lengths element by element, under broadcasting. */
function computed(
  compute: (...dims: readonly Dim[]) => Dim,
  inputs: readonly OpInput[],
  output: OpInput,
): readonly (readonly Dim[])[] | undefined {
  const lists = inputs.map((input) => lengthsIn(input)?.map(exact));
  if (!lists.every((list) => list !== undefined)) return undefined;
  const lengths: Dim[] = [];
  forEachIndex(output.dims as readonly number[], (index) => {
    lengths.push(
      exact(
        compute(...inputs.map((input, at) => lists[at]![offsetOf(index, input.dims as readonly number[])]!)),
      ),
    );
  });
  return [lengths];
}

/** The product of all lengths of a vector, as tf2onnx counts what it takes together. */
function wholeProduct({ inputs }: OpCall, { dims }: OpInput): readonly (readonly Dim[])[] | undefined {
  const lengths = inputs[0]!.dims.length === 1 ? lengthsIn(inputs[0]!) : undefined;
  const isWhole = dims.every((dim) => dim === 1);
  if (lengths === undefined || !isWhole) return undefined;
  return [[exact(lengths.reduce((product, length) => COMPUTES["Mul"]!(product, exact(length)), 1))]];
}

/** The lengths that an operator on integers gives out, of which some may be only named; undefined where none is known. */
export function movedLengths(
  op: string,
  definition: OpDefinition,
  call: OpCall,
  outputs: readonly OpInput[],
): readonly (readonly Dim[])[] | undefined {
  const inputs = call.inputs.flatMap((input) => (input === undefined ? [] : [input]));
  // Lengths are int64 and int32; towards another type a Cast may change them.
  if (outputs.some(({ elementType }) => !LENGTH_TYPES.has(elementType))) return undefined;
  const moves = MOVES[op];
  if (moves !== undefined && outputs.some(({ elementType }) => elementType === "bool")) return undefined;
  if (op === "ReduceProd") return wholeProduct(call, outputs[0]!);
  const data = moves === "first" ? inputs.slice(0, 1) : inputs;
  if (!data.some(({ constant, lengths }) => constant ?? lengths)) return undefined;
  const small = outputs.every(({ dims }) => numeric(dims) && elementCount(dims) <= LENGTHS);
  if (!small) return undefined;
  if (moves !== undefined) return moved(definition, call, outputs, data.length);
  const compute = COMPUTES[op];
  return compute && computed(compute, inputs, outputs[0]!);
}
