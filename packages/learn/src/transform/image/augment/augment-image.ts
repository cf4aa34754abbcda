import { illegalOption, notNegative, positiveInteger, wholeNumber } from "../../../net/check-option.ts";
import type { Random } from "../../../random.ts";
import type { Image } from "../image.ts";
import { cropImage } from "../step-crop.ts";
import { affineImage } from "./affine.ts";
import { cutout } from "./cutout.ts";
import { flipHorizontal, flipVertical } from "./flip.ts";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "./jitter.ts";
import type { PixelValues } from "./pixel-values.ts";

/** A random change of training images, as plain data. Ranges are to both sides: `rotate: 10` is -10 to 10 degrees. */
export type Augmentation =
  | { readonly kind: "flipHorizontal" | "flipVertical"; /** Default 0.5. */ readonly chance?: number }
  | {
      readonly kind: "affine";
      /** Degrees. */
      readonly rotate?: number;
      /** Shares of width and height. */
      readonly shift?: number;
      readonly scale?: readonly [least: number, most: number];
      /** Degrees along the rows. */
      readonly shear?: number;
      readonly fill?: number;
    }
  /** Factors `1 - x` to `1 + x`, and turns `-hue` to `hue`; brightness, contrast, saturation, hue, in this order. */
  | {
      readonly kind: "jitter";
      readonly brightness?: number;
      readonly contrast?: number;
      readonly saturation?: number;
      readonly hue?: number;
    }
  /** A square of `size` pixels with its middle anywhere in the image. */
  | { readonly kind: "cutout"; readonly size: number; readonly fill?: number }
  /** A part of the image from anywhere; with `pad` pixels of `fill` around it beforehand. */
  | {
      readonly kind: "crop";
      readonly height: number;
      readonly width: number;
      readonly pad?: number;
      readonly fill?: number;
    };

type Of<Kind extends Augmentation["kind"]> = Extract<Augmentation, { readonly kind: Kind }>;

/** A draw and a change, in the generic form in which any image goes through. */
type Change<Step> = <Values extends PixelValues>(
  image: Image<Values>,
  step: Step,
  random: Random,
) => Image<Values>;

const between = (random: Random, least: number, most: number): number =>
  least + (most - least) * random.uniform();
const around = (random: Random, who: string, field: string, reach = 0): number =>
  reach === 0 ? 0 : between(random, -notNegative(who, field, reach), reach);

function chance({ kind, chance: share = 0.5 }: Of<"flipHorizontal" | "flipVertical">): number {
  if (share >= 0 && share <= 1) return share;
  throw illegalOption(kind, "chance", "a share from 0 to 1", String(share));
}

/** Every kind of change. */
export const AUGMENTATIONS: { readonly [Kind in Augmentation["kind"]]: Change<Of<Kind>> } = {
  flipHorizontal: (image, step, random) => (random.uniform() < chance(step) ? flipHorizontal(image) : image),
  flipVertical: (image, step, random) => (random.uniform() < chance(step) ? flipVertical(image) : image),
  affine(image, { rotate, shift, scale = [1, 1], shear, fill }, random) {
    const angle = around(random, "affine", "rotate", rotate);
    const right = around(random, "affine", "shift", shift) * image.width;
    const down = around(random, "affine", "shift", shift) * image.height;
    return affineImage(image, {
      angle,
      shift: [right, down],
      scale: between(random, scale[0], scale[1]),
      shear: [around(random, "affine", "shear", shear), 0],
      ...(fill === undefined ? {} : { fill }),
    });
  },
  jitter(image, { brightness, contrast, saturation, hue }, random) {
    const factor = (field: string, reach: number | undefined): number =>
      Math.max(0, 1 + around(random, "jitter", field, reach));
    let made = image;
    if (brightness !== undefined) made = adjustBrightness(made, factor("brightness", brightness));
    if (contrast !== undefined) made = adjustContrast(made, factor("contrast", contrast));
    if (saturation !== undefined) made = adjustSaturation(made, factor("saturation", saturation));
    if (hue !== undefined) made = adjustHue(made, around(random, "jitter", "hue", hue));
    return made;
  },
  cutout(image, { size, fill = 0 }, random) {
    const half = Math.floor(positiveInteger("cutout", "size", size) / 2);
    const top = random.integer(image.height) - half;
    const left = random.integer(image.width) - half;
    return cutout(image, { top, left, height: size, width: size }, fill);
  },
  crop(image, { height, width, pad = 0, fill = 0 }, random) {
    const from = padded(image, wholeNumber("crop", "pad", pad), fill);
    if (height > from.height || width > from.width)
      throw illegalOption("crop", "size", `at most ${from.height} x ${from.width}`, `${height} x ${width}`);
    const top = random.integer(from.height - height + 1);
    const left = random.integer(from.width - width + 1);
    return cropImage(from, { top, left, height, width });
  },
};

function padded<Values extends PixelValues>(image: Image<Values>, pad: number, fill: number): Image<Values> {
  if (pad === 0) return image;
  const { channels } = image;
  const [height, width] = [image.height + 2 * pad, image.width + 2 * pad];
  const Kind = image.values.constructor as new (length: number) => Values;
  const values = new Kind(height * width * channels).fill(fill) as Values;
  const row = image.width * channels;
  for (let y = 0; y < image.height; y++)
    values.set(image.values.subarray(y * row, (y + 1) * row), ((pad + y) * width + pad) * channels);
  return { height, width, channels, values };
}

/**
 * An image changed at random, one step after the other: for training only, never in a graph. A pure function of the image, the
 * steps and the numbers that `random` gives.
 *
 * @param image bytes, or floats from 0 to 255
 * @throws DEFINITION_ILLEGAL for steps that make no sense.
 * @example
 * const seen = augmentImage(photo, [{ kind: "flipHorizontal" }, { kind: "jitter", brightness: 0.2 }], seededRandom(epoch));
 */
export function augmentImage<Values extends PixelValues>(
  image: Image<Values>,
  steps: readonly Augmentation[],
  random: Random,
): Image<Values> {
  return steps.reduce((made, step) => {
    if (!Object.hasOwn(AUGMENTATIONS, step.kind))
      throw illegalOption(
        "augmentImage",
        "kind",
        `one of ${Object.keys(AUGMENTATIONS).join(", ")}`,
        String(step.kind),
      );
    return (AUGMENTATIONS[step.kind] as Change<Augmentation>)(made, step, random);
  }, image);
}
