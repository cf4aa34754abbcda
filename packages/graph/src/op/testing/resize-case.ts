import * as fc from "fast-check";
import { filled, ints, shape, type CaseInput, type Cases, type Dims } from "./op-case.ts";

const floats = (values: readonly number[]): CaseInput => ({
  elementType: "float32",
  dims: [values.length],
  values,
  constant: true,
});

const scale = fc.constantFrom(0.5, 1, 1.5, 2, 2.5);
const coordinates = fc.constantFrom("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel");

/** Any axes; scales whose places are exact in float32, so that a tie is one everywhere. */
const nearest: Cases = shape(1, 3).chain((dims) =>
  fc
    .tuple(
      filled(dims),
      fc.tuple(...dims.map(() => fc.constantFrom(0.5, 1, 2, 4))),
      fc.constantFrom("half_pixel", "asymmetric"),
      fc.constantFrom("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"),
      fc.boolean(),
    )
    .map(([x, wanted, coordinate_transformation_mode, nearest_mode, sized]) => {
      const scales = wanted.map((one, at) => (dims[at]! * one >= 1 ? one : 1));
      const sizes = dims.map((dim, at) => dim * scales[at]!);
      const whole = sizes.every(Number.isInteger);
      return {
        inputs: sized && whole ? [x, undefined, undefined, ints(sizes)] : [x, undefined, floats(scales)],
        attributes: { mode: "nearest", coordinate_transformation_mode, nearest_mode },
      };
    }),
);

/** Images, whose last two axes change. */
const images: fc.Arbitrary<Dims> = fc
  .tuple(shape(2, 2), fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 2, maxLength: 2 }))
  .map(([lead, sizes]) => [...lead, ...sizes]);

const between = (mode: string): Cases =>
  images.chain((dims) =>
    fc
      .tuple(
        filled(dims),
        fc.tuple(scale, scale),
        fc.option(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))),
        coordinates,
      )
      .map(([x, scales, sizes, coordinate_transformation_mode]) => ({
        inputs: sizes
          ? [x, undefined, undefined, ints([dims[0]!, dims[1]!, ...sizes])]
          : [x, undefined, floats([1, 1, ...scales])],
        attributes: { mode, coordinate_transformation_mode },
        scale: 10,
      })),
  );

/** A part of each image, or more than it, where what lies outside is told. */
const cropped: Cases = images.chain((dims) =>
  fc
    .tuple(filled(dims), fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 3 }))), shape(2, 2))
    .map(([x, [top, left, bottom, right], sizes]) => ({
      inputs: [
        x,
        floats([0, 0, 1 - top! / 2, 1 - left! / 2, 1, 1, bottom! / 2, right! / 2]),
        undefined,
        // onnxruntime reads an axis whose length stays as if it were whole.
        ints([dims[0]!, dims[1]!, ...sizes.map((size, at) => (size === dims[at + 2] ? size + 1 : size))]),
      ],
      attributes: {
        mode: "linear",
        coordinate_transformation_mode: "tf_crop_and_resize",
        extrapolation_value: 0.5,
      },
      scale: 10,
    })),
);

/** Cases of Resize. */
export const RESIZE_CASES = {
  Resize: fc.oneof(nearest, between("linear"), between("cubic"), cropped),
} satisfies Record<string, Cases>;
