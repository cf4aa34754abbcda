import type { GraphView } from "../optimise/graph-view.ts";
import { checkModel } from "../check.ts";
import { viewOf } from "../optimise/graph-view.ts";
import { removeDead } from "../optimise/remove-dead.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";
import { renamedInputs } from "../optimise/pass.ts";
import type { Range } from "./calibrate/range.ts";
import { layersOf, type Layer } from "./layer.ts";
import { wholePlaces } from "./place.ts";
import { storedBias, wholeWithBias } from "./stored-bias.ts";
import type { LayerPrecision, LayerReport } from "./precision.ts";
import {
  nearestWhole,
  storedHalf,
  storedInteger,
  storedWhole,
  type StoredWeights,
  type WholeWeights,
} from "./stored-weight.ts";
import { asymmetricScale, type Affine8 } from "./whole-number.ts";

/** The lowest of the 256 numbers of what flows between layers. */
export type ActivationType = "int8" | "uint8";

/** Which numbers each layer gets. */
export interface Assignment {
  /** By the name of the layer; float32 where it has none. */
  readonly precisions: ReadonlyMap<string, LayerPrecision>;
  /** The ranges of values that become whole numbers, from `valuesToObserve`. */
  readonly ranges?: ReadonlyMap<string, Range>;
  readonly activations?: ActivationType;
  /** Places that share a scale in weights of four bits; of eight bits every output has one. */
  readonly block?: number;
  /** Weights that were rounded with more care than to the nearest, by `weightKey`. */
  readonly rounded?: ReadonlyMap<string, WholeWeights>;
}

/** Weights of four bits: so many along the sum share a scale. */
export const BLOCK = 32;

/** The opset of a graph with whole numbers of eight bits (scales by axis), and of four (blocks). */
const [OPSET_INT8, OPSET_INT4] = [13, 21];
/** The IR version in which ONNX 1.16 brought numbers of four bits. */
const IR_INT4 = 10;

/** The key of a layer's weights in so many bits. */
export const weightKey = (layer: string, bits: 4 | 8): string => `${bits} ${layer}`;

/** The layers that compute in whole numbers. */
const INTEGER_LAYERS: ReadonlySet<string> = new Set(["Conv", "Gemm", "MatMul"]);

/** Whether a layer can compute in whole numbers: a bias of minus infinity, which shuts out a class, has none. */
export const canBeWhole = (view: GraphView, { linear, op, node }: Layer): boolean =>
  linear !== undefined &&
  INTEGER_LAYERS.has(op) &&
  !view.constants.has(node.inputs[0]!) &&
  ((linear.bias?.values ?? []) as Float32Array).every(Number.isFinite);

function wholeLayers(view: GraphView, precisions: Assignment["precisions"]): readonly Layer[] {
  return layersOf(view).filter((layer) => precisions.get(layer.name) === "int8" && canBeWhole(view, layer));
}

/** The values whose ranges an assignment needs. */
export function valuesToObserve(model: OnnxModel, precisions: Assignment["precisions"]): readonly string[] {
  const view = viewOf(model);
  return [...new Set(wholePlaces(view, wholeLayers(view, precisions)).rounded.values())];
}

const nodeOf = (op: string, name: string, inputs: readonly string[]): OnnxNode => ({
  name,
  op,
  domain: "",
  inputs,
  outputs: [name],
  attributes: {},
});

/** A model that states the opset which the element types of its new constants need. */
function atOpset(model: OnnxModel, constants: readonly OnnxTensor[]): OnnxModel {
  const types = new Set(constants.map(({ elementType }) => elementType));
  const least = types.has("int4") ? OPSET_INT4 : types.has("int8") ? OPSET_INT8 : 1;
  const opsets = model.opsets.map((opset) =>
    opset.domain === "" || opset.domain === "ai.onnx"
      ? { ...opset, version: Math.max(opset.version, least) }
      : opset,
  );
  return { ...model, opsets, irVersion: Math.max(model.irVersion, types.has("int4") ? IR_INT4 : 0) };
}

/** What an assignment made of a model. */
export interface Assigned {
  readonly model: OnnxModel;
  readonly layers: readonly LayerReport[];
}

/** The model with every layer in the numbers that it was given. The model is prepared: its norms are fused. */
export function assigned(model: OnnxModel, assignment: Assignment): Assigned {
  const { precisions, ranges, activations = "uint8", block = BLOCK } = assignment;
  const view = viewOf(model);
  const layers = layersOf(view);
  const whole = wholeLayers(view, precisions);
  const integer = new Set(whole.map((layer) => layer.node));
  const { rounded, readsExact } = wholePlaces(view, whole);
  const lowest = activations === "int8" ? -128 : 0;
  const constants: OnnxTensor[] = [];
  const shared = new Map<string, string>();
  const scalar = (name: string, tensor: Omit<OnnxTensor, "name">): string => {
    const key = `${tensor.elementType}:${tensor.values[0]}`;
    const known = shared.get(key);
    if (known !== undefined) return known;
    constants.push({ name: view.fresh(name), ...tensor });
    shared.set(key, constants.at(-1)!.name);
    return constants.at(-1)!.name;
  };
  const scaleOf = (value: string): Affine8 =>
    asymmetricScale(ranges?.get(rounded.get(value)!) ?? { low: 0, high: 0 }, lowest);

  /** The nodes that round a value, and the name under which it is read from then on. */
  const wide = new Map<string, string>();
  const roundingOf = (value: string): readonly OnnxNode[] => {
    const { scale, zero } = scaleOf(value);
    const ends = [
      scalar("scale", { elementType: "float32", dims: [], values: Float32Array.of(scale) }),
      scalar("zero", {
        elementType: activations,
        dims: [],
        values: activations === "int8" ? Int8Array.of(zero) : Uint8Array.of(zero),
      }),
    ];
    const narrow = nodeOf("QuantizeLinear", view.fresh(`${value}_${activations}`), [value, ...ends]);
    const widened = nodeOf("DequantizeLinear", view.fresh(`${value}_rounded`), [narrow.name, ...ends]);
    wide.set(value, widened.name);
    return [narrow, widened];
  };

  const [stored, wholes] = [
    new Map<string | WholeWeights, StoredWeights>(),
    new Map<WholeWeights, StoredWeights>(),
  ];
  const nearest = new Map<string, WholeWeights>();
  const reports: LayerReport[] = [];
  const widening: OnnxNode[] = [];
  const inputsOf = new Map<OnnxNode, string[]>();
  /** The layer's weights in the file, written once where several layers share them. */
  const keep = <Key>(
    kept: Map<Key, StoredWeights>,
    key: Key,
    make: () => StoredWeights | undefined,
  ): StoredWeights | undefined => {
    const made = kept.get(key) ?? make();
    if (made !== undefined && !kept.has(key)) {
      kept.set(key, made);
      constants.push(...made.constants);
      widening.push(...made.nodes);
    }
    return made;
  };
  /** Weights in so many bits: one and the same for layers that share them. */
  const wholeOf = (layer: Layer, bits: 4 | 8): WholeWeights => {
    const key = `${layer.weights.name} ${bits} ${layer.axis}`;
    const made = assignment.rounded?.get(weightKey(layer.name, bits)) ?? nearest.get(key);
    if (made !== undefined) return made;
    nearest.set(key, nearestWhole(layer, bits, bits === 4 ? block : 0));
    return nearest.get(key)!;
  };
  for (const layer of layers) {
    const asked = precisions.get(layer.name) ?? "float32";
    const count = layer.weights.values.length;
    const inputs = inputsOf.get(layer.node) ?? [...layer.node.inputs];
    const isWhole = integer.has(layer.node);
    const bits = asked === "int4-weights" ? 4 : 8;
    let made: StoredWeights | undefined;
    if (isWhole) {
      const x = scaleOf(layer.node.inputs[0]!);
      const given = wholeWithBias(layer, x, wholeOf(layer, 8));
      made = keep(wholes, given, () => storedInteger(view, layer, given))!;
      const bias = storedBias(view, layer, given, x);
      if (bias !== undefined) {
        constants.push(...bias.constants);
        widening.push(bias.node);
        inputs[2] = bias.node.name;
      }
    } else if (asked === "float16") {
      made = keep(stored, `${layer.weights.name} half`, () => storedHalf(view, layer));
    } else if (asked !== "float32") {
      const given = wholeOf(layer, bits);
      made = keep(stored, given, () => storedWhole(view, layer, given));
    }
    if (made !== undefined) inputs[layer.at] = made.value;
    inputsOf.set(layer.node, inputs);
    reports.push(
      Object.freeze({
        name: layer.name,
        op: layer.op,
        precision: made === undefined ? "float32" : isWhole || asked !== "int8" ? asked : "int8-weights",
        weights: count,
        bytesBefore: 4 * count,
        bytes: made?.bytes ?? 4 * count,
        weightError: made?.weightError ?? 0,
      }),
    );
  }
  const nodes: OnnxNode[] = [];
  for (const name of rounded.keys()) if (!view.makerOf.has(name)) nodes.push(...roundingOf(name));
  nodes.push(...widening);
  for (const one of view.graph.nodes) {
    const inputs = inputsOf.get(one);
    const read = new Map([...wide].filter(([value]) => !readsExact(one, value)));
    nodes.push(renamedInputs(inputs === undefined ? one : { ...one, inputs }, read));
    for (const name of one.outputs) if (rounded.has(name)) nodes.push(...roundingOf(name));
  }
  const made: OnnxModel = {
    ...atOpset(model, constants),
    graph: {
      ...model.graph,
      nodes: nodes.map((one) => Object.freeze(one)),
      initializers: [...model.graph.initializers, ...constants.map((tensor) => Object.freeze(tensor))],
    },
  };
  const compressed = removeDead.rewrite(made).model;
  // A newer opset may have forbidden a form.
  checkModel(compressed);
  return { model: compressed, layers: Object.freeze(reports) };
}
