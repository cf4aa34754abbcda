import { tidelineError } from "@tideline/spec/error";
import { FORMS, isRecord, listForm, namedForm } from "../../net/estimator/option-form.ts";
import { vectorMap } from "../audio/vector-map.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import type { ImageShape } from "./image.ts";
import type { ImageStep } from "./image-step.ts";
import { applyImageSteps, IMAGE_STEPS, lowerImageSteps, shapeBehind } from "./image-steps.ts";

/** What {@link imagePixels} takes: the lengths of every image, the steps, and the order of the numbers that come out. */
export interface ImagePixelsOptions extends ImageShape {
  readonly steps: readonly ImageStep[];
  /** `chw`: plane by plane, as PyTorch's nets take them; `hwc`: pixel by pixel, as TensorFlow's. Default `chw`. */
  readonly layout?: "chw" | "hwc";
}

const KIND = "imagePixels";

/** The definition behind {@link imagePixels}. */
export const IMAGE_PIXELS = vectorMap<ImagePixelsOptions>({
  kind: KIND,
  forms: {
    height: FORMS.count,
    width: FORMS.count,
    channels: FORMS.count,
    steps: listForm({
      expected: `a step of ${Object.keys(IMAGE_STEPS).join(", ")}`,
      fits: (value) => isRecord(value) && Object.hasOwn(IMAGE_STEPS, String(value["step"])),
    }),
    layout: namedForm("chw", "hwc"),
  },
  needed: ["height", "width", "channels", "steps"],
  defaults: { layout: "chw" },
  check: (options) => void shapeBehind(options, options.steps),
  width({ height, width, channels, steps }, from) {
    if (from === height * width * channels) {
      const behind = shapeBehind({ height, width, channels }, steps);
      return behind.height * behind.width * behind.channels;
    }
    throw tidelineError("ARGUMENT_INVALID", {
      who: KIND,
      field: "column",
      expected: `images of ${height} x ${width} x ${channels} numbers`,
      received: `vectors of ${from}`,
    });
  },
  map:
    ({ height, width, channels, steps, layout }, length) =>
    (values, from, out, to) => {
      const image = {
        height,
        width,
        channels,
        values: Float64Array.from(values.subarray(from, from + length)),
      };
      const made = applyImageSteps(image, steps);
      if (layout === "hwc") return out.set(made.values, to);
      const pixels = made.height * made.width;
      for (let c = 0; c < made.channels; c++)
        for (let p = 0; p < pixels; p++) out[to + c * pixels + p] = made.values[p * made.channels + c]!;
    },
  lower({ height, width, channels, steps, layout }, g, x) {
    const image = g.op("Reshape", [x, g.ints([-1, height, width, channels])]);
    const planes = g.op("Transpose", [image], { perm: [0, 3, 1, 2] });
    const made = lowerImageSteps(g, planes, { height, width, channels }, steps);
    const laid = layout === "hwc" ? g.op("Transpose", [made], { perm: [0, 2, 3, 1] }) : made;
    return g.op("Reshape", [laid, g.ints([0, -1])]);
  },
});

/**
 * Images of one size, each a vector of pixels `[height, width, channels]` from 0 to 255, resized, cropped, coloured and
 * normalised; see `ImageStep`. The graph does the same in float32 on a phone. Photos of any size are brought to one size by
 * `resizeImage` first.
 *
 * @throws DEFINITION_ILLEGAL for steps that do not fit.
 * @example
 * imagePixels({ columns: ["photo"], height: 256, width: 256, channels: 3, steps: [
 *   { step: "crop", height: 224, width: 224 },
 *   { step: "scale", by: 1 / 255 },
 *   { step: "normalise", mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
 * ] });
 */
export function imagePixels(options: ImagePixelsOptions & Selection): Transform {
  return transformOf(IMAGE_PIXELS, options);
}
