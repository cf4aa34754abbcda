import { type GraphBuilder, type Value } from "@tideline/graph";
import type { Source } from "./random.ts";

/** Weights of a layer, of the size that keeps its output's. */
function weights(g: GraphBuilder, source: Source, dims: readonly number[], inner: number): Value {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return g.constant(source.normals(count, 1 / Math.sqrt(inner)), dims);
}

/** Any of the functions between layers. */
function activated(g: GraphBuilder, source: Source, x: Value): Value {
  switch (source.int(0, 5)) {
    case 0:
      return g.op("Sigmoid", [x]);
    case 1:
      return g.op("Tanh", [x]);
    case 2:
      return g.op("LeakyRelu", [x], { alpha: 0.125 });
    case 3:
      return g.op("Clip", [x, g.scalar(0), g.scalar(6)]);
    default:
      return g.op("Relu", [x]);
  }
}

/** A matrix and a bias over `[N, width]`, as Gemm or as MatMul and Add. */
export function denseLayer(g: GraphBuilder, source: Source, x: Value, width: number): Value {
  const inner = x.dims[1] as number;
  const bias = g.constant(source.normals(width, 0.5));
  if (source.int(0, 1) === 0)
    return g.op("Add", [g.op("MatMul", [x, weights(g, source, [inner, width], inner)]), bias]);
  const transB = source.int(0, 1);
  const dims = transB === 1 ? [width, inner] : [inner, width];
  return g.op("Gemm", [x, weights(g, source, dims, inner), bias], { transB });
}

/** Layers of random widths. */
export function denseLayers(g: GraphBuilder, source: Source, x: Value): Value {
  let value = x;
  for (let layer = source.int(0, 3); layer > 0; layer--)
    value = activated(g, source, denseLayer(g, source, value, source.int(2, 32)));
  return value;
}

/** Convolutions, plain, grouped or by channel, with pooling and normalisation between them; then all places as one. */
export function convLayers(g: GraphBuilder, source: Source, x: Value): Value {
  let value = x;
  const rank = x.dims.length - 2;
  const each = (make: () => number): number[] => Array.from({ length: rank }, make);
  for (let layer = source.int(1, 3); layer > 0; layer--) {
    const channels = value.dims[1] as number;
    const form = source.int(0, 3);
    const group = form === 0 ? channels : form === 1 && channels % 2 === 0 ? 2 : 1;
    const filters = group * source.int(1, group > 2 ? 2 : 6);
    const kernel = each(() => source.int(1, 4));
    const inner = (channels / group) * kernel.reduce((product, size) => product * size, 1);
    const W = weights(g, source, [filters, channels / group, ...kernel], inner);
    const inputs = source.int(0, 1) === 0 ? [value, W] : [value, W, g.constant(source.normals(filters, 0.5))];
    const small = value.dims.slice(2).some((dim) => (dim as number) < 8);
    value = g.op("Conv", inputs, {
      group,
      strides: each(() => (small ? 1 : source.int(1, 2))),
      ...(source.int(0, 1) === 0
        ? { auto_pad: "SAME_UPPER" }
        : {
            pads: [...kernel, ...kernel].map((size) => size - 1),
            dilations: each(() => source.int(1, small ? 1 : 2)),
          }),
    });
    if (source.int(0, 2) === 0) {
      const numbers = (): Value => g.constant(source.normals(filters, 0.5));
      const variance = g.constant(source.normals(filters).map((value) => 0.5 + value * value));
      value = g.op("BatchNormalization", [value, numbers(), numbers(), numbers(), variance]);
    }
    value = activated(g, source, value);
    if (source.int(0, 2) === 0 && value.dims.slice(2).every((dim) => (dim as number) >= 4)) {
      const pooling = { kernel_shape: each(() => source.int(2, 3)), strides: each(() => 2) };
      const pads = [...pooling.kernel_shape, ...pooling.kernel_shape].map(() => source.int(0, 1));
      value =
        source.int(0, 1) === 0
          ? g.op("MaxPool", [value], { ...pooling, pads })
          : g.op("AveragePool", [value], { ...pooling, pads, count_include_pad: source.int(0, 1) });
    }
  }
  switch (source.int(0, 2)) {
    case 0:
      return g.op("Flatten", [g.op("GlobalAveragePool", [value])]);
    case 1:
      return g.op("Flatten", [g.op("GlobalMaxPool", [value])]);
    default:
      return g.op("Flatten", [value]);
  }
}
