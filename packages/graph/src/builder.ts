import { elementTypeOf, valuesOf, type ElementType, type TensorValues } from "./element-type.ts";
import { inferCall, tagAttribute } from "./call.ts";
import {
  IR_VERSION,
  ML_OPSET,
  OPSET,
  PRODUCER,
  elementCount,
  formatDims,
  type Dim,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
} from "./onnx.ts";
import {
  illegal,
  type GivenAttributes,
  type OpDefinition,
  type ResolvedAttributes,
} from "./op/op-definition.ts";
import { NEWEST_OPSET, opsetsOf } from "./opset.ts";
import type { AttributeRules } from "./op/op-definition.ts";
import type { OpName } from "./op/op-name.ts";
import { OPS, isOpName } from "./op/registry.ts";
import type { Value } from "./value.ts";

type RulesOf<Name extends OpName> = (typeof OPS)[Name] extends OpDefinition<infer Rules> ? Rules : never;

/** The attributes that an operator takes, typed by its own definition. */
export type AttributesOf<Name extends OpName> = GivenAttributes<RulesOf<Name>>;

/** Attributes may be left out altogether when none is required. */
type AttributeArguments<Name extends OpName> =
  Record<never, never> extends AttributesOf<Name>
    ? readonly [attributes?: AttributesOf<Name>]
    : readonly [attributes: AttributesOf<Name>];

/** What `build` adds to the graph. */
export interface BuildOptions {
  /** Free text by key, written as ONNX `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * The opset that the model states: 18 by default, at most `NEWEST_OPSET`; see `opsetOf` for what a runtime reads. An
   * operator whose present form is newer is GRAPH_ILLEGAL, and named.
   */
  readonly opset?: number;
}

/** An operator that was applied while a graph was built. */
export interface Application {
  /** The node's name. */
  readonly name: string;
  readonly op: OpName;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: ResolvedAttributes<AttributeRules>;
  readonly outputs: readonly Value[];
}

/** How a builder works. */
export interface GraphBuilderOptions {
  /** Names that the builder leaves to the caller when it makes up its own. */
  readonly reserved?: readonly string[];
}

/** Builds one graph; see `graphBuilder`. */
export interface GraphBuilder {
  /** The name of the graph. */
  readonly name: string;
  /** Whether a value is one of this graph. */
  owns(value: Value): boolean;
  /** What was applied so far, in order; `differentiate` reads it. */
  readonly applications: readonly Application[];
  /** A graph input. A text among the dims names a length known only when the graph runs. */
  input(name: string, elementType: ElementType, dims: readonly Dim[]): Value;
  /**
   * A constant with its shape (a vector by default). Equal constants become one. The element type is that of the array;
   * bytes that are truths say `"bool"`.
   */
  constant(values: TensorValues, dims?: readonly number[], elementType?: ElementType): Value;
  /**
   * A constant of its own, however many are equal to it: a parameter. Its name is the given one, with a number behind it
   * where that is taken.
   */
  initializer(name: string, values: TensorValues, dims?: readonly number[], elementType?: ElementType): Value;
  /** A scalar, float32 by default. */
  scalar(value: number, elementType?: ElementType): Value;
  /** An int64 vector, the form in which ONNX takes axes, shapes and bounds. */
  ints(values: readonly number[]): Value;
  /** Applies an operator and returns its (first) output. An optional input in the middle may be undefined. */
  op<Name extends OpName>(
    name: Name,
    inputs: readonly (Value | undefined)[],
    ...attributes: AttributeArguments<Name>
  ): Value;
  /** As `op`, with every output of an operator that has several. */
  ops<Name extends OpName>(
    name: Name,
    inputs: readonly (Value | undefined)[],
    ...attributes: AttributeArguments<Name>
  ): readonly Value[];
  /** Names a value as a graph output. */
  output(name: string, value: Value): void;
  /** The finished model. */
  build(options?: BuildOptions): OnnxModel;
}

/** Makes names unlike one another: `MatMul_1`, `MatMul_2`, ... passing over those that are taken. */
function namer(isTaken: (name: string) => boolean): (prefix: string) => string {
  const counts = new Map<string, number>();
  return (prefix) => {
    for (;;) {
      const count = (counts.get(prefix) ?? 0) + 1;
      counts.set(prefix, count);
      if (!isTaken(`${prefix}_${count}`)) return `${prefix}_${count}`;
    }
  };
}

/** A key that equal constants share. */
function constantKey(tensor: Omit<OnnxTensor, "name">): string {
  const { buffer, byteOffset, byteLength } = tensor.values;
  const bits = new Uint8Array(buffer, byteOffset, byteLength);
  return `${tensor.elementType}${formatDims(tensor.dims)}:${bits.join(",")}`;
}

/** Constants larger than this are not compared with one another: weights rarely repeat, and the key costs memory. */
const SHARED_BYTES = 4096;

/** The numbers of a constant as plain ones: shape rules read axes and bounds, all of them below 2^53. */
function plainNumbers(values: TensorValues): ArrayLike<number> {
  return values instanceof BigInt64Array || values instanceof BigUint64Array
    ? Array.from<bigint, number>(values, Number)
    : values;
}

/**
 * A builder of one graph. Every `op` is checked through the operator's shape rule at once, so a mistake is reported
 * where it is made; the same calls give the same bytes.
 *
 * @throws GRAPH_ILLEGAL from any method: operator and node, what was wanted, what was received.
 *
 * @example
 * const g = graphBuilder("activity");
 * const x = g.input("window", "float32", ["N", 9]);
 * const scores = g.op("MatMul", [x, g.constant(weights, [9, 6])]);
 * g.output("probabilities", g.op("Softmax", [scores], { axis: -1 }));
 * const bytes = writeOnnx(g.build({ metadata: { classes: "walk,sit" } }));
 */
export function graphBuilder(name: string, { reserved = [] }: GraphBuilderOptions = {}): GraphBuilder {
  const who = `graph "${name}"`;
  const values = new Set<Value>();
  const names = new Set<string>();
  const kept = new Set(reserved);
  const nextName = namer((candidate) => names.has(candidate) || kept.has(candidate));
  const nodes: OnnxNode[] = [];
  const applications: Application[] = [];
  const inputs: ValueInfo[] = [];
  const initializers: OnnxTensor[] = [];
  const shared = new Map<string, Value>();
  const outputs: { readonly name: string; readonly value: Value }[] = [];

  function define(value: Value): Value {
    if (value.name === "" || names.has(value.name))
      throw illegal(who, "a value's name", "a new one", `"${value.name}"`);
    names.add(value.name);
    const defined = Object.freeze({ ...value, dims: Object.freeze([...value.dims]) });
    values.add(defined);
    return defined;
  }

  function own(value: Value | undefined, op: string): string {
    if (value === undefined) return "";
    if (values.has(value)) return value.name;
    throw illegal(who, op, "a value of this graph", `"${value.name}" of another one`);
  }

  function addInitializer(tensor: OnnxTensor): Value {
    const { elementType, dims, values: given } = tensor;
    if (elementCount(dims) !== given.length)
      throw illegal(
        who,
        "a constant",
        `the ${elementCount(dims)} values of ${formatDims(dims)}`,
        `${given.length}`,
      );
    const copy = { elementType, dims: Object.freeze([...dims]), values: given.slice() };
    const value = define({ name: tensor.name, elementType, dims, constant: plainNumbers(copy.values) });
    initializers.push(Object.freeze({ name: value.name, ...copy }));
    return value;
  }

  function addConstant(values: TensorValues, elementType: ElementType, dims: readonly number[]): Value {
    const tensor = { elementType, dims, values };
    const key = values.byteLength <= SHARED_BYTES ? constantKey(tensor) : undefined;
    const known = key === undefined ? undefined : shared.get(key);
    if (known !== undefined) return known;
    const value = addInitializer({ name: nextName("constant"), ...tensor });
    if (key !== undefined) shared.set(key, value);
    return value;
  }

  const builder: GraphBuilder = {
    name,
    owns: (value) => values.has(value),
    applications,
    input(inputName, elementType, dims) {
      const value = define({ name: inputName, elementType, dims });
      inputs.push(Object.freeze({ name: inputName, elementType, dims: value.dims }));
      return value;
    },
    constant(given, dims = [given.length], elementType = elementTypeOf(given)) {
      return addConstant(given, elementType, dims);
    },
    initializer(wanted, given, dims = [given.length], elementType = elementTypeOf(given)) {
      const free = names.has(wanted) ? nextName(wanted) : wanted;
      return addInitializer({ name: free, elementType, dims, values: given });
    },
    scalar: (value, elementType = "float32") => addConstant(valuesOf(elementType, [value]), elementType, []),
    ints: (list) => builder.constant(BigInt64Array.from(list, BigInt)),
    op: (op, given, ...attributes) => builder.ops(op, given, ...attributes)[0]!,
    ops(op, given, ...[attributes = {}]) {
      const title = nextName(op);
      const nodeWho = `${op} node "${title}" of ${who}`;
      if (!isOpName(op))
        throw illegal(who, "an operator", `one of ${Object.keys(OPS).join(", ")}`, String(op));
      const rules: OpDefinition["attributes"] = OPS[op].attributes;
      const tagged = Object.entries(attributes).flatMap(([key, value]) => {
        if (value === undefined) return [];
        const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
        const attribute = rule && tagAttribute(rule, value);
        if (attribute === undefined)
          throw illegal(nodeWho, key, rule?.type ?? "no such attribute", String(value));
        return [[key, Object.freeze(attribute)] as const];
      });
      const sources = given.map((value) => own(value, nodeWho));
      while (sources.at(-1) === "") sources.pop();
      const definition: OpDefinition = OPS[op];
      const alone: OnnxNode = Object.freeze({
        name: title,
        op,
        domain: definition.domain ?? "",
        inputs: Object.freeze(sources),
        outputs: Object.freeze([title]),
        attributes: Object.freeze(Object.fromEntries(tagged)),
      });
      const present = given.slice(0, sources.length);
      const call = inferCall(alone, present, name);
      const made = call.outputs.map((output, at) =>
        define({ ...output, name: at === 0 ? title : nextName(`${title}_output`) }),
      );
      nodes.push(Object.freeze({ ...alone, outputs: Object.freeze(made.map((value) => value.name)) }));
      applications.push(
        Object.freeze({
          name: title,
          op,
          inputs: Object.freeze(present),
          attributes: call.attributes,
          outputs: Object.freeze(made),
        }),
      );
      return made;
    },
    output(outputName, value) {
      own(value, `output "${outputName}"`);
      if (outputName === "" || names.has(outputName) || outputs.some((output) => output.name === outputName))
        throw illegal(who, "an output's name", "a new one", `"${outputName}"`);
      outputs.push({ name: outputName, value });
      names.add(outputName);
    },
    build({ metadata = {}, opset = OPSET } = {}) {
      if (outputs.length === 0) throw illegal(who, "outputs", "at least one", "none");
      checkOpset(who, applications, opset);
      return Object.freeze({
        irVersion: IR_VERSION,
        opsets: Object.freeze([
          Object.freeze({ domain: "", version: opset }),
          ...(nodes.some((node) => node.domain === "ai.onnx.ml")
            ? [Object.freeze({ domain: "ai.onnx.ml", version: ML_OPSET })]
            : []),
        ]),
        producerName: PRODUCER,
        producerVersion: "",
        graph: Object.freeze({
          name,
          nodes: Object.freeze(nameOutputs(nodes, outputs)),
          initializers: Object.freeze([...initializers]),
          inputs: Object.freeze([...inputs]),
          outputs: Object.freeze(
            outputs.map(({ name, value: { elementType, dims } }) =>
              Object.freeze({ name, elementType, dims }),
            ),
          ),
        }),
        metadata: Object.freeze({ ...metadata }),
      });
    },
  };
  return Object.freeze(builder);
}

/** Wants every operator to have had its present form in an opset. @throws GRAPH_ILLEGAL naming the first that had not. */
function checkOpset(who: string, applications: readonly Application[], opset: number): void {
  if (!Number.isInteger(opset) || opset < 1 || opset > NEWEST_OPSET)
    throw illegal(who, "opset", `an integer from 1 to ${NEWEST_OPSET}`, String(opset));
  for (const { op, name, inputs, attributes, outputs } of applications) {
    const definition: OpDefinition = OPS[op];
    const title = `${op} node "${name}" of ${who}`;
    const { since } = opsetsOf(definition, { who: title, inputs, attributes, named: outputs.length });
    if (definition.domain === undefined && since > opset)
      throw illegal(
        title,
        "opset",
        `${since} or newer, in which it has its present form`,
        `${opset}; build with a newer one, or without the operator`,
      );
  }
}

/**
 * The nodes with computed values renamed to the outputs that they are. What no node computes, or what is already an
 * output, gets there through an Identity.
 */
function nameOutputs(
  nodes: readonly OnnxNode[],
  outputs: readonly { readonly name: string; readonly value: Value }[],
): OnnxNode[] {
  const computed = new Set(nodes.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  const copies: OnnxNode[] = [];
  for (const { name, value } of outputs) {
    if (computed.has(value.name) && !renamed.has(value.name)) renamed.set(value.name, name);
    else
      copies.push({
        name: `output_${name}`,
        op: "Identity",
        domain: "",
        inputs: [value.name],
        outputs: [name],
        attributes: {},
      });
  }
  const rename = (list: readonly string[]) => Object.freeze(list.map((name) => renamed.get(name) ?? name));
  return [...nodes, ...copies].map((node) =>
    Object.freeze({ ...node, inputs: rename(node.inputs), outputs: rename(node.outputs) }),
  );
}
