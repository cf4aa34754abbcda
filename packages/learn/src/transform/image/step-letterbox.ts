import { finite, positiveInteger } from "../../net/check-option.ts";
import type { ImageShape } from "./image.ts";
import type { ImageStepDef, StepOf } from "./image-step.ts";
import { halfToEven } from "./step-crop.ts";
import { lowerResize, resizePixels, type Target } from "./step-resize.ts";

interface Placed {
  readonly inner: Target;
  readonly top: number;
  readonly left: number;
  readonly fill: number;
}

/** As Pillow's `ImageOps.pad` places it. */
function placed(step: StepOf<"letterbox">, from: ImageShape): Placed {
  const who = "letterbox";
  const [height, width] = [
    positiveInteger(who, "height", step.height),
    positiveInteger(who, "width", step.width),
  ];
  const fill = finite(who, "fill", step.fill ?? 0);
  const wider = from.width / from.height > width / height;
  const inner = {
    ...step,
    height: wider ? Math.max(1, halfToEven((from.height / from.width) * width)) : height,
    width: wider ? width : Math.max(1, halfToEven((from.width / from.height) * height)),
  };
  return {
    inner,
    top: halfToEven((height - inner.height) / 2),
    left: halfToEven((width - inner.width) / 2),
    fill,
  };
}

export const letterbox: ImageStepDef<StepOf<"letterbox">> = {
  shape(step, from) {
    placed(step, from);
    return { height: step.height, width: step.width, channels: from.channels };
  },
  apply(step, image) {
    const { inner, top, left, fill } = placed(step, image);
    const small = resizePixels(image, inner);
    const { channels } = image;
    const values = new Float64Array(step.height * step.width * channels).fill(fill);
    const row = inner.width * channels;
    for (let y = 0; y < inner.height; y++)
      values.set(small.values.subarray(y * row, (y + 1) * row), ((top + y) * step.width + left) * channels);
    return { height: step.height, width: step.width, channels, values };
  },
  lower(step, g, x, from) {
    const { inner, top, left, fill } = placed(step, from);
    const small = lowerResize(g, x, from, inner);
    const [bottom, right] = [step.height - inner.height - top, step.width - inner.width - left];
    if (top + left + bottom + right === 0) return small;
    return g.op("Pad", [small, g.ints([0, 0, top, left, 0, 0, bottom, right]), g.scalar(fill)]);
  },
};
