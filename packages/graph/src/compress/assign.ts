import type { GraphView } from "../optimise/graph-view.ts";
import { viewOf } from "../optimise/graph-view.ts";
import { removeDead } from "../optimise/remove-dead.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";
import { renamedInputs } from "../optimise/pass.ts";
import type { Range } from "./calibrate/range.ts";
import { layersOf, type Layer } from "./layer.ts";
import { wholePlaces } from "./place.ts";
import type { LayerPrecision, LayerReport } from "./precision.ts";
import {
  nearestWhole,
  storedHalf,
  storedWhole,
  type StoredWeights,
  type WholeWeights,
} from "./stored-weight.ts";
import {
  asymmetricScale,
  groupsAlong,
  largestSizes,
  symmetricScales,
  symmetricWhole,
  type Affine8,
} from "./whole-number.ts";

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

/** Whether a layer can compute in whole numbers. */
export const canBeWhole = (view: GraphView, { linear, op, node }: Layer): boolean =>
  linear !== undefined && INTEGER_LAYERS.has(op) && !view.constants.has(node.inputs[0]!);

function wholeLayers(view: GraphView, precisions: Assignment["precisions"]): readonly Layer[] {
  return layersOf(view).filter((layer) => precisions.get(layer.name) === "int8" && canBeWhole(view, layer));
}

/** The values whose ranges an assignment needs. */
export function valuesToObserve(model: OnnxModel, precisions: Assignment["precisions"]): readonly string[] {
  const view = viewOf(model);
  return [...new Set(wholePlaces(view, wholeLayers(view, precisions)).rounded.values())];
}

const node = (op: string, name: string, inputs: readonly string[], axis?: number): OnnxNode => ({
  name,
  op,
  domain: "",
  inputs,
  outputs: [name],
  attributes: axis === undefined ? {} : { axis: { type: "int", value: axis } },
});

/** Whole weights whose scales are wide enough for the layer's bias in 32 bits. */
function wholeWithBias(
  { weights, axis, linear }: Layer,
  x: Affine8,
  careful: WholeWeights | undefined,
): WholeWeights {
  const values = weights.values as Float32Array;
  const groups = groupsAlong(weights.dims, axis);
  const bias = linear!.bias?.values as Float32Array | undefined;
  // Beyond this many steps of the product's scale a bias has no 32 bits.
  const most = 2 ** 31 - 256;
  const fits = (scale: number, at: number): boolean => scale * x.scale * most >= Math.abs(bias?.[at] ?? 0);
  const scales = careful?.scales ?? symmetricScales(largestSizes(values, groups), 8);
  if (careful !== undefined && scales.every(fits)) return careful;
  const wide = scales.map((scale, at) => (fits(scale, at) ? scale : Math.abs(bias![at]!) / most / x.scale));
  return { whole: symmetricWhole(values, groups, wide, 8), scales: wide, groups, bits: 8, block: 0 };
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
  const integer = new Map(wholeLayers(view, precisions).map((layer) => [layer.node, layer]));
  const { rounded, readsExact } = wholePlaces(view, [...integer.values()]);
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
    const narrow = node("QuantizeLinear", view.fresh(`${value}_${activations}`), [value, ...ends]);
    const widened = node("DequantizeLinear", view.fresh(`${value}_rounded`), [narrow.name, ...ends]);
    wide.set(value, widened.name);
    return [narrow, widened];
  };

  const stored = new Map<string, StoredWeights>();
  const reports: LayerReport[] = [];
  const widening: OnnxNode[] = [];
  const inputsOf = new Map<OnnxNode, string[]>();
  /** The layer's weights in the file, written once where several layers share them. */
  const keep = (key: string, make: () => StoredWeights | undefined): StoredWeights | undefined => {
    const made = stored.get(key) ?? make();
    if (made !== undefined && !stored.has(key)) {
      stored.set(key, made);
      constants.push(...made.constants);
      widening.push(...made.nodes);
    }
    return made;
  };
  for (const layer of layers) {
    const asked = precisions.get(layer.name) ?? "float32";
    const count = layer.weights.values.length;
    const inputs = inputsOf.get(layer.node) ?? [...layer.node.inputs];
    const wholeNow = integer.get(layer.node) === layer || integer.get(layer.node)?.name === layer.name;
    const bits = asked === "int4-weights" ? 4 : 8;
    let made: StoredWeights | undefined;
    if (wholeNow && asked === "int8") {
      const x = scaleOf(layer.node.inputs[0]!);
      const given = wholeWithBias(layer, x, assignment.rounded?.get(weightKey(layer.name, 8)));
      made = storedWhole(view, layer, given, true);
      constants.push(...made.constants);
      widening.push(...made.nodes);
      const bias = layer.linear!.bias;
      if (bias !== undefined) {
        const scales = given.scales.map((scale) => scale * x.scale);
        const names = [view.fresh(`${bias.name}_int32`), view.fresh(`${bias.name}_scale`)];
        constants.push(
          {
            name: names[0]!,
            elementType: "int32",
            dims: [scales.length],
            values: Int32Array.from(bias.values as Float32Array, (value, at) =>
              Math.round(value / scales[at]!),
            ),
          },
          { name: names[1]!, elementType: "float32", dims: [scales.length], values: scales },
        );
        widening.push(node("DequantizeLinear", view.fresh(`${bias.name}_wide`), names, 0));
        inputs[2] = widening.at(-1)!.name;
      }
    } else if (asked === "float16") {
      made = keep(`${layer.weights.name} half`, () => storedHalf(view, layer));
    } else if (asked !== "float32") {
      const careful = assignment.rounded?.get(weightKey(layer.name, bits));
      made = keep(`${layer.weights.name} ${bits} ${layer.axis} ${careful ? layer.name : ""}`, () =>
        storedWhole(view, layer, careful ?? nearestWhole(layer, bits, bits === 4 ? block : 0), false),
      );
    }
    if (made !== undefined) inputs[layer.at] = made.value;
    inputsOf.set(layer.node, inputs);
    reports.push(
      Object.freeze({
        name: layer.name,
        op: layer.op,
        precision: made === undefined ? "float32" : wholeNow || asked !== "int8" ? asked : "int8-weights",
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
  const isNarrow = constants.some(({ elementType }) => elementType === "int4");
  const least = isNarrow
    ? OPSET_INT4
    : constants.some(({ elementType }) => elementType === "int8")
      ? OPSET_INT8
      : 1;
  const made: OnnxModel = {
    ...model,
    irVersion: isNarrow ? Math.max(model.irVersion, IR_INT4) : model.irVersion,
    opsets: model.opsets.map((opset) =>
      opset.domain === "" || opset.domain === "ai.onnx"
        ? { ...opset, version: Math.max(opset.version, least) }
        : opset,
    ),
    graph: {
      ...model.graph,
      nodes: nodes.map((one) => Object.freeze(one)),
      initializers: [...model.graph.initializers, ...constants.map((tensor) => Object.freeze(tensor))],
    },
  };
  return { model: removeDead.rewrite(made).model, layers: Object.freeze(reports) };
}
