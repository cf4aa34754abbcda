import { tidelineError, type TidelineError } from "@tideline/spec";
import {
  ELEMENT_TYPES,
  elementTypeOf,
  isComputable,
  type ElementType,
  type TensorValues,
} from "../element-type.ts";
import type { RuntimeTensor, TensorDeclaration } from "./graph-runtime.ts";

/** What a model declares at its ends. */
export interface GraphEnds {
  readonly inputs: readonly TensorDeclaration[];
  readonly outputs: readonly TensorDeclaration[];
}

function invalid(who: string, field: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}

/** Whether dims are lengths that fit a declaration. */
function fits(declared: TensorDeclaration["dims"], dims: readonly number[]): boolean {
  return (
    declared.length === dims.length &&
    dims.every(
      (dim, axis) =>
        Number.isSafeInteger(dim) &&
        dim >= 0 &&
        (typeof declared[axis] !== "number" || declared[axis] < 0 || declared[axis] === dim),
    )
  );
}

/** Whether the port can carry an element type that a model's file names. */
export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(ELEMENT_TYPES, name) && isComputable(name as ElementType);
}

/** The kind of typed array that stores an element type. */
function storageOf(elementType: ElementType): new () => TensorValues {
  return ELEMENT_TYPES[elementType].over(new ArrayBuffer(0)).constructor as new () => TensorValues;
}

/** The element type of a tensor: the one it names, else the one its typed array stands for. */
export function tensorElementType(tensor: RuntimeTensor): ElementType {
  return tensor.elementType ?? elementTypeOf(tensor.values);
}

/** What was given in a tensor's place, by its kind and its keys. */
function told(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const kinds = Object.entries(value).map(([key, part]: [string, unknown]) => {
    const kind = typeof part === "object" && part !== null ? part.constructor?.name : typeof part;
    return `${key}: ${kind ?? "object"}`;
  });
  return `{ ${kinds.join(", ")} }`;
}

function checkInput(who: string, declared: TensorDeclaration, input: RuntimeTensor): void {
  const { name, elementType, dims } = declared;
  const { values, dims: shape } = (input ?? {}) as Partial<RuntimeTensor>;
  if (!Array.isArray(shape) || !ArrayBuffer.isView(values) || values instanceof DataView)
    throw invalid(who, name, "a tensor: { dims: number[], values: a typed array }", told(input));
  const given = tensorElementType(input);
  if (!isElementType(elementType)) throw invalid(who, name, "a model that takes numbers", elementType);
  if (given !== elementType) throw invalid(who, name, `a tensor of ${elementType}`, `one of ${given}`);
  const Storage = storageOf(given);
  if (!(input.values instanceof Storage))
    throw invalid(who, name, `a ${Storage.name}`, `a ${input.values.constructor.name}`);
  if (!fits(dims, input.dims))
    throw invalid(who, name, `dims [${dims.join(", ")}]`, `[${input.dims.join(", ")}]`);
  const count = input.dims.reduce((product, dim) => product * dim, 1);
  if (input.values.length !== count) throw invalid(who, name, `${count} values`, String(input.values.length));
}

/**
 * Refuses inputs and output names that a graph does not declare, so that every runtime gives the same error.
 *
 * @throws ARGUMENT_INVALID naming the tensor.
 */
export function checkTensors(
  who: string,
  declared: GraphEnds,
  inputs: Readonly<Record<string, RuntimeTensor>>,
  outputs: readonly string[],
): void {
  for (const name of Object.keys(inputs)) {
    if (!declared.inputs.some((input) => input.name === name))
      throw invalid(who, "inputs", declared.inputs.map((input) => input.name).join(", "), name);
  }
  for (const declaration of declared.inputs) {
    const { name } = declaration;
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (input === undefined) throw invalid(who, "inputs", name, Object.keys(inputs).join(", ") || "none");
    checkInput(who, declaration, input);
  }
  for (const name of outputs) {
    if (!declared.outputs.some((output) => output.name === name))
      throw invalid(who, "outputs", declared.outputs.map((output) => output.name).join(", "), name);
  }
}

/** The error for a run of a graph that was released. */
export function releasedGraph(who: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", {
    who,
    expected: "a loaded graph",
    received: "a released one",
  });
}

/**
 * The float32 numbers of an output, for those who know their graph.
 *
 * @throws MODEL_UNSUPPORTED when the graph has no such output or gives another element type.
 *
 * @example
 * const scores = float32Values(await graph.run({ window }, ["scores"]), "scores");
 */
export function float32Values(
  results: Readonly<Record<string, RuntimeTensor>>,
  output: string,
): Float32Array {
  const values: TensorValues | undefined = Object.hasOwn(results, output)
    ? results[output]!.values
    : undefined;
  if (values instanceof Float32Array) return values;
  throw tidelineError("MODEL_UNSUPPORTED", {
    who: `output "${output}"`,
    expected: "float32",
    received: values === undefined ? "no such output" : elementTypeOf(values),
  });
}
