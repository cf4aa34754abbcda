import * as fc from "fast-check";
import { BASIC_CASES } from "./basic-case.ts";
import { bit, eighths, filled, positive, shape, type Cases, type Dims } from "./op-case.ts";

const list = (value: fc.Arbitrary<number>, length: number): fc.Arbitrary<number[]> =>
  fc.array(value, { minLength: length, maxLength: length });

/** Attributes of a window that slides over so many axes, with a kernel of at most 3. */
const sliding = (rank: number, kernel: Dims, dilated: boolean) =>
  fc
    .record({
      strides: list(fc.integer({ min: 1, max: 3 }), rank),
      dilations: list(fc.integer({ min: 1, max: 2 }), rank),
      // Less than the kernel, or a window may lie in the padding only.
      pads: fc.tuple(...[...kernel, ...kernel].map((size) => fc.integer({ min: 0, max: size - 1 }))),
      auto: fc.constantFrom("NOTSET", "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"),
    })
    .map(({ strides, dilations, pads, auto }) => {
      // onnxruntime wants no dilation where it chooses the padding, and no steps over the kernel.
      const chosen = auto !== "NOTSET" && strides.every((stride, axis) => stride <= kernel[axis]!);
      return {
        strides,
        kernel_shape: kernel,
        ...(dilated && !chosen ? { dilations } : {}),
        ...(chosen ? { auto_pad: auto } : { pads }),
      };
    });

/** `[N, C, ...]` with one or two axes that a kernel of 3, dilated by 2, fits in. */
const images = fc
  .tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 1, max: 3 }),
    fc.array(fc.integer({ min: 5, max: 7 }), { minLength: 1, maxLength: 2 }),
  )
  .chain(([rows, channels, sizes]) =>
    list(fc.integer({ min: 1, max: 3 }), sizes.length).map((kernel) => ({ rows, channels, sizes, kernel })),
  );

const conv: Cases = fc
  .tuple(images, fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 }), bit)
  .chain(([{ rows, channels, sizes, kernel }, group, own, biased]) =>
    fc
      .tuple(
        filled([rows, channels * group, ...sizes]),
        filled([own * group, channels, ...kernel]),
        filled([own * group]),
        sliding(sizes.length, kernel, true),
      )
      .map(([x, w, b, attributes]) => ({
        inputs: biased === 1 ? [x, w, b] : [x, w],
        attributes: { ...attributes, group },
      })),
  );

const pool = (kind: "max" | "mean" | "norm"): Cases =>
  fc.tuple(images, bit).chain(([{ rows, channels, sizes, kernel }, dilated]) =>
    fc
      .tuple(
        filled([rows, channels, ...sizes]),
        sliding(sizes.length, kernel, kind !== "mean" || dilated === 1),
        bit,
        bit,
      )
      .map(([x, attributes, ceil_mode, count_include_pad]) => ({
        inputs: [x],
        attributes: {
          ...attributes,
          ...("pads" in attributes ? { ceil_mode } : {}),
          ...(kind === "mean" ? { count_include_pad } : {}),
          ...(kind === "norm" ? { p: 1 + count_include_pad } : {}),
        },
        scale: 1,
      })),
  );

const global: Cases = shape(1, 2)
  .chain((sizes) => fc.tuple(fc.constant(sizes), shape(2, 2)))
  .chain(([sizes, lead]) => filled([...lead, ...sizes]).map((x) => ({ inputs: [x], scale: 1 })));

const convTranspose: Cases = fc
  .tuple(images, fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 }), bit)
  .chain(([{ rows, channels, sizes, kernel }, group, own, biased]) =>
    fc
      .tuple(
        filled([rows, channels * group, ...sizes.map((size) => size - 3)]),
        filled([channels * group, own, ...kernel]),
        filled([own * group]),
        sliding(sizes.length, kernel, true),
        list(bit, sizes.length),
      )
      .map(([x, w, b, attributes, more]) => ({
        inputs: biased === 1 ? [x, w, b] : [x, w],
        attributes: {
          ...attributes,
          group,
          ...("pads" in attributes
            ? { output_padding: more.map((one, axis) => Math.min(one, attributes.strides[axis]! - 1)) }
            : {}),
        },
      })),
  );

const instanceNormalization: Cases = shape(3, 4).chain((dims) =>
  fc
    .tuple(filled(dims), filled([dims[1]!]), filled([dims[1]!]))
    .map((inputs) => ({ inputs, attributes: { epsilon: 0.125 }, scale: 10 })),
);

const groupNormalization: Cases = fc
  .tuple(shape(3, 4), fc.integer({ min: 1, max: 3 }))
  .chain(([[rows, each, ...rest], num_groups]) => {
    const channels = each! * num_groups;
    return fc
      .tuple(filled([rows!, channels, ...rest]), filled([channels]), filled([channels]))
      .map((inputs) => ({ inputs, attributes: { epsilon: 0.125, num_groups }, scale: 10 }));
  });

const lrn: Cases = fc.tuple(shape(4, 4), fc.constantFrom(1, 3, 5)).chain(([dims, size]) =>
  filled(dims).map((x) => ({
    inputs: [x],
    attributes: { size, alpha: 0.5, beta: 0.75, bias: 1.5 },
    scale: 1,
  })),
);

const layerNormalization: Cases = shape(1, 4).chain((dims) =>
  fc.tuple(fc.integer({ min: -dims.length, max: dims.length - 1 }), bit).chain(([axis, biased]) => {
    const own = dims.slice(axis);
    return fc.tuple(filled(dims), filled(own), filled(own)).map(([x, scale, shift]) => ({
      inputs: biased === 1 ? [x, scale, shift] : [x, scale],
      attributes: { axis, epsilon: 0.125 },
      scale: 10,
    }));
  }),
);

/** A recurrent operator with so many gates, states and, for peepholes, a last input. */
const recurrent = (gates: number, states: number, more: fc.Arbitrary<object>, peepholes = false): Cases =>
  fc
    .tuple(
      fc.record({
        steps: fc.integer({ min: 1, max: 3 }),
        rows: fc.integer({ min: 1, max: 3 }),
        width: fc.integer({ min: 1, max: 3 }),
        hidden: fc.integer({ min: 1, max: 3 }),
        direction: fc.constantFrom("forward", "reverse", "bidirectional"),
      }),
      fc.tuple(bit, bit, bit, bit),
      more,
    )
    .chain(([{ steps, rows, width, hidden, direction }, [biased, short, started, peeping], attributes]) => {
      const d = direction === "bidirectional" ? 2 : 1;
      const small = eighths.map((value) => value / 4);
      return fc
        .tuple(
          filled([steps, rows, width]),
          filled([d, gates * hidden, width], small),
          filled([d, gates * hidden, hidden], small),
          filled([d, 2 * gates * hidden], small),
          filled([rows], fc.integer({ min: 1, max: steps }), "int32"),
          fc.array(filled([d, rows, hidden]), { minLength: states, maxLength: states }),
          filled([d, 3 * hidden], small),
        )
        .map(([x, w, r, b, lengths, initial, peephole]) => ({
          inputs: [
            x,
            w,
            r,
            biased === 1 ? b : undefined,
            short === 1 ? lengths : undefined,
            ...initial.map((state) => (started === 1 ? state : undefined)),
            ...(peepholes && peeping === 1 ? [peephole] : []),
          ],
          attributes: { ...attributes, direction, hidden_size: hidden },
          scale: 1,
        }));
    });

const TWO = { minLength: 2, maxLength: 2 };

const unary: Cases = shape(0, 3).chain((dims) => filled(dims).map((x) => ({ inputs: [x] })));

const batchNormalization: Cases = shape(2, 4).chain((dims) => {
  const channels = [dims[1]!];
  return fc
    .tuple(
      fc.tuple(
        filled(dims),
        filled(channels),
        filled(channels),
        filled(channels),
        filled(channels, positive),
      ),
      bit,
    )
    .map(([inputs, training_mode]) => ({
      inputs,
      attributes: { training_mode, momentum: 0.75, ...(training_mode === 1 ? { epsilon: 0.125 } : {}) },
      scale: 10,
    }));
});

/** Cases of the operators of neural networks. */
export const NETWORK_CASES = {
  AveragePool: pool("mean"),
  BatchNormalization: batchNormalization,
  Conv: conv,
  ConvTranspose: convTranspose,
  Flatten: shape(1, 4).chain((dims) =>
    fc
      .tuple(filled(dims), fc.integer({ min: -dims.length, max: dims.length }))
      .map(([x, axis]) => ({ inputs: [x], attributes: { axis } })),
  ),
  GlobalAveragePool: global,
  GlobalLpPool: global.chain((one) =>
    fc.integer({ min: 1, max: 3 }).map((p) => ({ ...one, attributes: { p } })),
  ),
  GlobalMaxPool: global,
  GRU: recurrent(3, 1, fc.record({ linear_before_reset: bit })),
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: lrn,
  LSTM: recurrent(4, 2, fc.record({ input_forget: bit }), true),
  LayerNormalization: layerNormalization,
  LeakyRelu: fc.tuple(unary, eighths).map(([{ inputs }, alpha]) => ({ inputs, attributes: { alpha } })),
  LogSoftmax: BASIC_CASES.Softmax.map((one) => ({ ...one, scale: 10 })),
  LpPool: pool("norm"),
  MaxPool: pool("max"),
  RNN: fc
    .tuple(recurrent(1, 1, fc.constant({})), fc.array(fc.constantFrom("Tanh", "Relu", "Sigmoid"), TWO))
    .map(([one, names]) => ({
      ...one,
      attributes: { ...one.attributes, activations: names.slice(0, one.inputs[1]!.dims[0]) },
    })),
  Relu: unary,
  Sigmoid: unary.map((one) => ({ ...one, scale: 0.1 })),
  Tanh: unary,
} satisfies Record<string, Cases>;
