import { array, assert, constantFrom, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../../random.ts";
import { largestDifference } from "../../../testing/largest-difference.ts";
import type { Image } from "../image.ts";
import { affineImage, rotateImage } from "./affine.ts";
import { augmentImage, type Augmentation } from "./augment-image.ts";
import { cutout } from "./cutout.ts";
import { flipHorizontal, flipVertical } from "./flip.ts";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "./jitter.ts";

function photo(height: number, width: number, seed = 1): Image {
  const random = seededRandom(seed);
  const values = Uint8Array.from({ length: height * width * 3 }, () => random.integer(256));
  return { height, width, channels: 3, values };
}

test("flips undo themselves, and a half turn is both", () => {
  const image = photo(5, 7);
  expect(flipHorizontal(flipHorizontal(image))).toEqual(image);
  expect(flipVertical(flipVertical(image))).toEqual(image);
  expect([...flipHorizontal(image).values.subarray(0, 3)]).toEqual([...image.values.subarray(18, 21)]);
  for (const kernel of ["nearest", "bilinear"] as const)
    expect(rotateImage(image, 180, { kernel }).values).toEqual(flipVertical(flipHorizontal(image)).values);
});

test("a quarter turn is clockwise; a shift moves right and down; a stretch by 2 doubles pixels", () => {
  const square = photo(4, 4);
  const pixel = (image: Image, y: number, x: number) => [
    ...image.values.subarray((y * 4 + x) * 3, (y * 4 + x) * 3 + 3),
  ];
  const turned = rotateImage(square, 90);
  expect(pixel(turned, 0, 3)).toEqual(pixel(square, 0, 0));
  expect(pixel(turned, 3, 3)).toEqual(pixel(square, 0, 3));
  const moved = affineImage(square, { shift: [1, 2], fill: 9 });
  expect(pixel(moved, 2, 1)).toEqual(pixel(square, 0, 0));
  expect(pixel(moved, 0, 0)).toEqual([9, 9, 9]);
  const near = affineImage(square, { scale: 2, kernel: "nearest" });
  expect(pixel(near, 0, 0)).toEqual(pixel(square, 1, 1));
  const sheared = affineImage(square, { shear: [45, 0], kernel: "nearest", fill: 3 });
  expect(pixel(sheared, 0, 0)).not.toEqual(pixel(square, 0, 0));
  expect(() => affineImage(square, { shear: [90, 0] })).toThrow("DEFINITION_ILLEGAL");
});

test("what changes nothing changes nothing; what changes all does", () => {
  const image = photo(6, 5);
  for (const same of [
    adjustBrightness(image, 1),
    adjustContrast(image, 1),
    adjustSaturation(image, 1),
    adjustHue(image, 0),
    affineImage(image, {}),
  ])
    expect(same.values).toEqual(image.values);
  expect(new Set(adjustBrightness(image, 0).values)).toEqual(new Set([0]));
  expect(new Set(adjustContrast(image, 0).values).size).toBe(1);
  const grey = adjustSaturation(image, 0).values;
  for (let at = 0; at < grey.length; at += 3)
    expect(grey[at] === grey[at + 1] && grey[at] === grey[at + 2]).toBe(true);
});

test("hues turn as they should: thirds of the circle swap the channels, turns add up", () => {
  const image = { ...photo(4, 4), values: Float64Array.from(photo(4, 4).values) };
  const third = adjustHue(image, 1 / 3).values;
  for (let at = 0; at < third.length; at += 3)
    for (let c = 0; c < 3; c++) expect(third[at + ((c + 1) % 3)]).toBeCloseTo(image.values[at + c]!, 9);
  const twice = adjustHue(adjustHue(image, 0.2), 0.15).values;
  expect(largestDifference(twice, adjustHue(image, 0.35).values)).toBeLessThan(1e-9);
  expect(() => adjustHue(image, 0.6)).toThrow("DEFINITION_ILLEGAL");
});

test("a box beyond the image is cut off", () => {
  const image = { height: 2, width: 2, channels: 1, values: Uint8Array.of(1, 2, 3, 4) };
  expect([...cutout(image, { top: -1, left: 1, height: 2, width: 5 }, 9).values]).toEqual([1, 9, 3, 4]);
  expect([...cutout(image, { top: 5, left: 5, height: 2, width: 5 }).values]).toEqual([1, 2, 3, 4]);
  expect([...image.values]).toEqual([1, 2, 3, 4]);
});

const STEPS: readonly Augmentation[] = [
  { kind: "flipHorizontal" },
  { kind: "flipVertical", chance: 1 },
  { kind: "affine", rotate: 20, shift: 0.1, scale: [0.8, 1.2], shear: 5, fill: 100 },
  { kind: "jitter", brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.1 },
  { kind: "cutout", size: 3 },
  { kind: "crop", height: 8, width: 9, pad: 2 },
];

test("the same seed gives the same image, another one another; the input stays; one value is one value", () => {
  assert(
    property(array(constantFrom(...STEPS), { maxLength: 4 }), integer(), (steps, seed) => {
      const image = photo(10, 11);
      const made = augmentImage(image, steps, seededRandom(seed));
      expect(augmentImage(image, steps, seededRandom(seed))).toEqual(made);
      expect(image).toEqual(photo(10, 11));
      expect(made.values.length).toBe(made.height * made.width * 3);
    }),
    { numRuns: 60 },
  );
  const some = new Set(
    Array.from({ length: 20 }, (_, seed) =>
      String(augmentImage(photo(10, 11), STEPS, seededRandom(seed)).values),
    ),
  );
  expect(some.size).toBe(20);
  expect(() => augmentImage(photo(3, 3), [{ kind: "crop", height: 4, width: 3 }], seededRandom(1))).toThrow(
    "DEFINITION_ILLEGAL",
  );
  expect(() => augmentImage(photo(3, 3), [{ kind: "no" } as never], seededRandom(1))).toThrow(
    /flipHorizontal/,
  );
});
