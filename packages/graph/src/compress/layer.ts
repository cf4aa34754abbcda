import { tidelineError } from "@tideline/spec";
import { linearNode, type LinearNode } from "../optimise/linear-node.ts";
import type { GraphView } from "../optimise/graph-view.ts";
import type { OnnxNode, OnnxTensor } from "../onnx.ts";

/** A node with constant weights, as it is compressed. */
export interface Layer {
  /** The node's name; where it has none, that of its first output. */
  readonly name: string;
  readonly node: OnnxNode;
  readonly op: string;
  /** The constant that it multiplies with or looks up. */
  readonly weights: OnnxTensor;
  /** Its place among the node's inputs. */
  readonly at: number;
  /** The axis of the weights along which each place has a scale of its own: the outputs, or the rows of a table. */
  readonly axis: number;
  /** The axis of the weights along which products are summed; blocks lie along it. */
  readonly along: number;
  /** The layer as a linear one, where it is one: then it can compute in whole numbers. */
  readonly linear?: LinearNode;
}

/** Weights of fewer elements stay: what they would save is less than the node that widens them takes. */
const LEAST_ELEMENTS = 32;

/** The axes of a linear layer's weights. */
function axesOf({ node, weights }: LinearNode): { readonly axis: number; readonly along: number } {
  if (node.op === "Conv") return { axis: 0, along: 1 };
  const { transB } = node.attributes;
  const transposed = transB?.type === "int" && transB.value !== 0;
  const last = weights.dims.length - 1;
  return transposed ? { axis: 0, along: 1 } : { axis: last, along: last - 1 };
}

/** Recurrent layers: weights of the input and of the state, `[directions, gates * units, inputs]`. */
const RECURRENT = new Set(["GRU", "LSTM", "RNN"]);

function placesOf(view: GraphView, node: OnnxNode): readonly Omit<Layer, "name" | "node" | "op">[] {
  const constant = (at: number): OnnxTensor | undefined => {
    const tensor = view.constants.get(node.inputs[at] ?? "");
    return tensor?.elementType === "float32" ? tensor : undefined;
  };
  if (RECURRENT.has(node.op))
    return [1, 2].flatMap((at) => {
      const weights = constant(at);
      return weights === undefined ? [] : [{ weights, at, axis: 1, along: 2 }];
    });
  const linear = linearNode(view, node);
  // A transposed convolution has its outputs, by group, behind its inputs: its scales would be shared by groups.
  if (linear !== undefined && node.op !== "ConvTranspose")
    return [{ weights: linear.weights, at: 1, ...axesOf(linear), linear }];
  const weights = constant(node.op === "Gather" ? 0 : 1);
  if (weights === undefined) return [];
  if (node.op === "ConvTranspose") return [{ weights, at: 1, axis: 1, along: 0 }];
  if (node.op === "MatMul" && weights.dims.length > 2) {
    const last = weights.dims.length - 1;
    return [{ weights, at: 1, axis: last, along: last - 1 }];
  }
  const axis = node.attributes["axis"];
  const rows = axis === undefined || (axis.type === "int" && axis.value === 0);
  return node.op === "Gather" && rows && weights.dims.length === 2
    ? [{ weights, at: 0, axis: 0, along: 1 }]
    : [];
}

const isStandard = ({ domain }: OnnxNode): boolean => domain === "" || domain === "ai.onnx";

const titleOf = ({ name, outputs }: OnnxNode): string => (name === "" ? outputs[0]! : name);

/**
 * Refuses weights that are infinite or NaN, and biases that are NaN: no scale says them, and whatever they meet is lost. An infinite
 * bias shuts a class out, and tables of rows may miss some; neither is rounded then.
 *
 * @throws MODEL_UNSUPPORTED
 */
export function demandFiniteWeights(who: string, view: GraphView): void {
  for (const node of view.graph.nodes.filter((one) => isStandard(one) && one.op !== "Gather"))
    for (const { weights, linear } of placesOf(view, node))
      for (const { tensor, isStrange } of [
        { tensor: weights, isStrange: (value: number) => !Number.isFinite(value) },
        { tensor: linear?.bias, isStrange: Number.isNaN },
      ]) {
        const found = (tensor?.values as Float32Array | undefined)?.filter(isStrange) ?? [];
        if (tensor === undefined || found.length === 0) continue;
        throw tidelineError("MODEL_UNSUPPORTED", {
          who: `${who}, layer "${titleOf(node)}"`,
          field: `weights "${tensor.name}"`,
          expected: "finite numbers",
          received: `${found.length} of ${tensor.values.length} that are not, the first ${found[0]}`,
          remedy:
            "Train the model again with a smaller learning rate or clipped gradients: in float32 its answers are lost too.",
        });
      }
}

/** The layers of a graph, in the order of its nodes; a recurrent node is two. */
export function layersOf(view: GraphView): readonly Layer[] {
  return view.graph.nodes.flatMap((node) => {
    if (!isStandard(node)) return [];
    const places = placesOf(view, node).filter(
      ({ weights: { values } }) =>
        values.length >= LEAST_ELEMENTS && (values as Float32Array).every(Number.isFinite),
    );
    const title = titleOf(node);
    return places.map((place) => ({
      ...place,
      name: places.length === 1 ? title : `${title}/${place.at === 1 ? "input" : "state"}`,
      node,
      op: node.op,
    }));
  });
}
