import type { ElementType, TensorValues } from "./element-type.ts";

/** A dimension: a length, or a name for one that is known only when the graph runs (`"N"`, or `"128*N"`). */
export type Dim = number | string;

/** Element type and shape of a value. */
export interface TensorType {
  readonly elementType: ElementType;
  readonly dims: readonly Dim[];
}

/** A constant tensor, row-major. The values must not be changed. */
export interface OnnxTensor {
  readonly name: string;
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  readonly values: TensorValues;
}

/** A graph's input or output. */
export interface ValueInfo extends TensorType {
  readonly name: string;
}

/** An attribute of a node, tagged as `AttributeProto.type` tags it. Integers are safe numbers. */
export type OnnxAttribute =
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "int"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "tensor"; readonly value: OnnxTensor }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "ints"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] };

/** One application of an operator. An input left out in the middle is the empty name, as in ONNX. */
export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** The operator set's domain; empty for the standard one. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph: nodes in the order in which they run, constants, and the named ends. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** A version of an operator set that a model uses. */
export interface OpsetImport {
  readonly domain: string;
  readonly version: number;
}

/** An ONNX model as a frozen value; `writeOnnx` and `readOnnx` are its two directions. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly opsets: readonly OpsetImport[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly graph: OnnxGraph;
  /** `metadata_props`; written in the order of the keys. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The opset that we write. From 18 on every Reduce operator takes its axes as an input, so there is one form
 * of each; onnxruntime reads it since 1.14 (2023), on servers, in browsers and on phones.
 */
export const OPSET = 18;

/** The version of `ai.onnx.ml`, the domain of tree ensembles, that we write; of the time of opset 18. */
export const ML_OPSET = 3;

/** The IR version that ONNX 1.13 introduced opset 18 with; a newer one would only shut out older runtimes. */
export const IR_VERSION = 8;

/** The producer that we write. */
export const PRODUCER = "tideline";

/** The number of elements of a shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((count, dim) => count * dim, 1);
}

/** A shape as people read it: `[N, 128, 9]`. */
export function formatDims(dims: readonly Dim[]): string {
  return `[${dims.join(", ")}]`;
}

/** A type as people read it: `float32[N, 128, 9]`. */
export function formatType(type: TensorType): string {
  return `${type.elementType}${formatDims(type.dims)}`;
}
