import type { ElementType, TensorValues } from "./element-type.ts";

/** A dimension: a length, or a name for one that is known only when the graph runs (`"N"`, or `"128*N"`). */
export type Dim = number | string;

/** Element type and shape of a value. */
export interface TensorType {
  readonly elementType: ElementType;
  readonly dims: readonly Dim[];
}

/** What a message of a file holds besides its named fields: kept when read, written back as it came. */
export interface WireRest {
  /** Fields without a name here, as they stood, behind each other. */
  readonly unknown?: Uint8Array;
  /**
   * Numbers of empty fields that stand in the file though we would leave them out, or are not there though we would
   * write them: protobuf tells an empty text from none.
   */
  readonly presence?: readonly number[];
}

/** Free text by key, as `metadata_props` of everything that has them; written in the order of the keys. */
export type Metadata = Readonly<Record<string, string>>;

/** What several parts of a model may have besides what they are. */
interface Noted {
  readonly docString?: string;
  readonly metadata?: Metadata;
  readonly rest?: WireRest;
}

/**
 * A constant tensor, row-major. The values must not be changed; those that were read may be a view of the file's bytes,
 * or come into being when they are first asked for. Where `strings` or `external` stand, `values` is empty.
 */
export interface OnnxTensor extends Noted {
  readonly name: string;
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  readonly values: TensorValues;
  /** The elements of a `string` tensor, in UTF-8 by convention. */
  readonly strings?: readonly Uint8Array[];
  /** Where the values are, in a tensor that was read with `external: "keep"`: location, offset, length, checksum. */
  readonly external?: Metadata;
  /** The file holds the numbers in a field of their type (`float_data`, ...) instead of `raw_data`. */
  readonly storage?: "typed";
  /** The `data_type` of an `undefined` tensor, from a newer onnx.proto; `values` are then its raw bytes. */
  readonly dataType?: number;
}

/** A tensor of which only some elements are given: their values, and their places (as numbers or as index rows). */
export interface OnnxSparseTensor {
  readonly values: OnnxTensor;
  readonly indices: OnnxTensor;
  readonly dims: readonly number[];
  readonly rest?: WireRest;
}

/** What a dimension's length does not say. */
export interface DimNote {
  /** Its meaning, such as `DATA_BATCH`. */
  readonly denotation?: string;
  /** A negative length, which some exporters write for one that they do not know. */
  readonly length?: number;
  readonly rest?: WireRest;
}

/** A `TypeProto` whole. Without `dims` not even the rank is known. */
export type OnnxType = (
  | {
      readonly kind: "tensor" | "sparse_tensor";
      readonly elementType: ElementType;
      /** The code of an `undefined` element type from a newer onnx.proto. */
      readonly dataType?: number;
      readonly dims?: readonly Dim[];
      readonly notes?: readonly (DimNote | undefined)[];
      readonly shapeRest?: WireRest;
    }
  | { readonly kind: "sequence" | "optional"; readonly of?: OnnxType }
  | { readonly kind: "map"; readonly key: ElementType; readonly dataType?: number; readonly of?: OnnxType }
  | { readonly kind: "opaque"; readonly domain?: string; readonly name?: string }
  | { readonly kind: "none" }
) & {
  readonly denotation?: string;
  /** Of the message inside that says the kind. */
  readonly innerRest?: WireRest;
  readonly rest?: WireRest;
};

/**
 * A graph's input, output or inner value. A dense tensor with a shape, which is all that our graphs have, is its element
 * type and dims. Otherwise `type` says what it is, and stands beside them: `elementType` is then `undefined` for what is
 * no dense tensor, and `dims` is empty for what has no shape. `tensorTypeOf` tells.
 */
export interface ValueInfo extends TensorType, Noted {
  readonly name: string;
  readonly type?: OnnxType;
}

/** What every attribute may have; `exact` where `value` cannot say it: integers beyond 2^53, bytes that are no text. */
interface AttributeNote<Exact = never> {
  readonly docString?: string;
  readonly rest?: WireRest;
  readonly exact?: Exact;
}

/**
 * An attribute of a node, tagged as `AttributeProto.type` tags it. Integers are safe numbers, or the nearest one beside
 * an `exact` one. `ref` stands in a function's body for the attribute of that name of the call.
 */
export type OnnxAttribute =
  | ({ readonly type: "float"; readonly value: number } & AttributeNote<Uint8Array>)
  | ({ readonly type: "int"; readonly value: number } & AttributeNote<bigint>)
  | ({ readonly type: "string"; readonly value: string } & AttributeNote<Uint8Array>)
  | ({ readonly type: "tensor"; readonly value: OnnxTensor } & AttributeNote)
  | ({ readonly type: "floats"; readonly value: readonly number[] } & AttributeNote<Uint8Array>)
  | ({ readonly type: "ints"; readonly value: readonly number[] } & AttributeNote<readonly bigint[]>)
  | ({ readonly type: "strings"; readonly value: readonly string[] } & AttributeNote<readonly Uint8Array[]>)
  | ({ readonly type: "tensors"; readonly value: readonly OnnxTensor[] } & AttributeNote)
  | ({ readonly type: "graph"; readonly value: OnnxGraph } & AttributeNote)
  | ({ readonly type: "graphs"; readonly value: readonly OnnxGraph[] } & AttributeNote)
  | ({ readonly type: "sparse_tensor"; readonly value: OnnxSparseTensor } & AttributeNote)
  | ({ readonly type: "sparse_tensors"; readonly value: readonly OnnxSparseTensor[] } & AttributeNote)
  | ({ readonly type: "type_proto"; readonly value: OnnxType } & AttributeNote)
  | ({ readonly type: "type_protos"; readonly value: readonly OnnxType[] } & AttributeNote)
  | ({ readonly type: "ref"; readonly value: string; readonly code: number } & AttributeNote)
  | ({ readonly type: "unknown"; readonly value: number } & AttributeNote);

/** One application of an operator. An input left out in the middle is the empty name, as in ONNX. */
export interface OnnxNode extends Noted {
  readonly name: string;
  readonly op: string;
  /** The operator set's domain; empty for the standard one. */
  readonly domain: string;
  /** Which of several functions of one name is meant. */
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** The tensors that quantise a value, by role (`SCALE_TENSOR`, `ZERO_POINT_TENSOR`). */
export interface QuantisationAnnotation {
  readonly tensor: string;
  readonly parameters: Metadata;
  readonly rest?: WireRest;
}

/** A graph: nodes in the order in which they run, constants, and the named ends. */
export interface OnnxGraph extends Noted {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly sparseInitializers?: readonly OnnxSparseTensor[];
  /** What is known of values between the nodes (`value_info`). */
  readonly values?: readonly ValueInfo[];
  readonly quantisation?: readonly QuantisationAnnotation[];
}

/** A version of an operator set that a model uses. */
export interface OpsetImport {
  readonly domain: string;
  readonly version: number;
  readonly rest?: WireRest;
}

/** An operator that the model itself defines, by nodes. */
export interface OnnxFunction extends Noted {
  readonly name: string;
  readonly domain: string;
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Names of attributes that a call must give. */
  readonly attributes: readonly string[];
  /** Attributes that a call may give, with their defaults. */
  readonly defaults?: Readonly<Record<string, OnnxAttribute>>;
  readonly nodes: readonly OnnxNode[];
  readonly opsets: readonly OpsetImport[];
  readonly values?: readonly ValueInfo[];
}

/** How a model is trained, as onnx.proto describes it: two graphs, and which initialisers get which of their outputs. */
export interface TrainingInfo {
  readonly initialization?: OnnxGraph;
  readonly algorithm?: OnnxGraph;
  readonly initializationBinding: Metadata;
  readonly updateBinding: Metadata;
  readonly rest?: WireRest;
}

/** An ONNX model as a frozen value; `writeOnnx` and `readOnnx` are its two directions. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly opsets: readonly OpsetImport[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly graph: OnnxGraph;
  /** `metadata_props`; written in the order of the keys. */
  readonly metadata: Metadata;
  readonly domain?: string;
  readonly modelVersion?: number;
  readonly docString?: string;
  readonly training?: readonly TrainingInfo[];
  readonly functions?: readonly OnnxFunction[];
  /** Device configurations of models and nodes are kept here, unread. */
  readonly rest?: WireRest;
}

/** The type of a value that is a dense tensor with a shape; undefined for a sequence, a map, a tensor of unknown rank. */
export function tensorTypeOf({ elementType, dims, type }: ValueInfo): TensorType | undefined {
  return type === undefined || (type.kind === "tensor" && type.dims !== undefined)
    ? { elementType, dims }
    : undefined;
}

/**
 * The opset that we write unless `build({ opset })` says another; `opsetOf` tells what a runtime reads. From 18 on every
 * Reduce operator takes its axes as an input, so there is one form of each; onnxruntime reads it since 1.14 (2023), on
 * servers, in browsers and on phones.
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
