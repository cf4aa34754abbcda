import { inferTypes, nodeTitle } from "./call.ts";
import { demandComputable, numbersOf } from "./computable.ts";
import type { ElementType } from "./element-type.ts";
import { elementCount, formatDims, formatType, type Dim, type OnnxModel, type ValueInfo } from "./onnx.ts";
import { illegal, type Tensor } from "./op/op-definition.ts";

/** What a graph input is fed: numbers, row-major, with the shape of this run. */
export interface Feed {
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

/** How {@link interpret} computes. */
export interface InterpretOptions {
  /** Whether what an operator gives is rounded to its element type, float32 or float16, as runtimes hold it. Default false. */
  readonly rounded?: boolean;
}

/** Numbers as their element type holds them; those of other types than float32 and float16 as they are. */
function held(elementType: ElementType, values: Float64Array): Float64Array {
  if (elementType === "float32") return values.map(Math.fround);
  return elementType === "float16" ? values.map((value) => Math.f16round(value)) : values;
}

/** The fed value of an input as a tensor; lengths named alike must be alike, which `named` remembers. */
function feedInput(
  who: string,
  input: ValueInfo,
  feed: Feed | undefined,
  named: Map<string, number>,
): Tensor {
  const field = `input "${input.name}"`;
  if (feed === undefined) throw illegal(who, field, formatType(input), "nothing");
  const fits = (dim: Dim, axis: number): boolean => {
    const length = feed.dims[axis]!;
    if (typeof dim === "number" || dim === "") return dim === "" || dim === length;
    if (!named.has(dim)) named.set(dim, length);
    return named.get(dim) === length;
  };
  if (feed.dims.length !== input.dims.length || !input.dims.every(fits))
    throw illegal(who, field, formatType(input), formatDims(feed.dims));
  if (feed.values.length !== elementCount(feed.dims))
    throw illegal(who, field, `${elementCount(feed.dims)} values`, String(feed.values.length));
  return { elementType: input.elementType, dims: feed.dims, values: Float64Array.from(feed.values) };
}

/**
 * Runs a model through the reference kernels, in double precision throughout: slow and exact, the oracle that
 * runtimes are compared with. Results are not rounded to their element type, unless `rounded` says so.
 *
 * @throws GRAPH_ILLEGAL when a feed or a node does not fit, MODEL_UNSUPPORTED for an operator we do not know.
 *
 * @example
 * const { probabilities } = interpret(model, { window: { dims: [1, 9], values } });
 */
export function interpret(
  model: OnnxModel,
  feeds: Readonly<Record<string, Feed>>,
  { rounded = false }: InterpretOptions = {},
): Readonly<Record<string, Tensor>> {
  const { graph } = model;
  const who = `graph "${graph.name}"`;
  demandComputable(who, graph);
  const stranger = Object.keys(feeds).find((name) => !graph.inputs.some((input) => input.name === name));
  if (stranger !== undefined)
    throw illegal(who, "feeds", graph.inputs.map((input) => input.name).join(", "), stranger);
  const tensors = new Map<string, Tensor>();
  for (const tensor of graph.initializers) {
    const { name, elementType, dims } = tensor;
    tensors.set(name, { elementType, dims, values: numbersOf(tensor) });
  }
  const named = new Map<string, number>();
  for (const input of graph.inputs) {
    const feed = Object.hasOwn(feeds, input.name) ? feeds[input.name] : undefined;
    if (feed !== undefined || !tensors.has(input.name))
      tensors.set(input.name, feedInput(who, input, feed, named));
  }
  const tensorOf = (where: string, name: string): Tensor => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw illegal(where, `value "${name}"`, "a value defined before", "none");
    return tensor;
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) =>
      name === "" ? undefined : tensorOf(nodeTitle(node, graph.name), name),
    );
    const known = inputs.map((input) => input && { ...input, constant: input.values });
    const { definition, attributes, outputs } = inferTypes(node, known, graph.name);
    const concrete = outputs.map(({ elementType, dims }) => ({
      elementType,
      dims: dims as readonly number[],
    }));
    const results = definition.evaluate({ inputs, attributes, outputs: concrete });
    for (const [position, name] of node.outputs.entries()) {
      const type = concrete[position]!;
      const values = results[position]!;
      tensors.set(name, { ...type, values: rounded ? held(type.elementType, values) : values });
    }
  }
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, tensorOf(who, name)]));
}
