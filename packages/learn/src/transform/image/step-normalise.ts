import { finite, illegalOption, positive } from "../../net/check-option.ts";
import type { ImageStepDef, StepOf } from "./image-step.ts";

export const scale: ImageStepDef<StepOf<"scale">> = {
  shape({ by }, from) {
    finite("scale", "by", by);
    return from;
  },
  apply: ({ by }, image) => ({ ...image, values: image.values.map((value) => value * by) }),
  lower: ({ by }, g, x) => g.op("Mul", [x, g.scalar(by)]),
};

export const normalise: ImageStepDef<StepOf<"normalise">> = {
  shape({ mean, deviation }, from) {
    for (const [field, list] of Object.entries({ mean, deviation }))
      if (list.length !== from.channels)
        throw illegalOption(
          "normalise",
          field,
          `${from.channels} numbers, one for each channel`,
          String(list.length),
        );
    mean.forEach((value, c) => finite("normalise", `mean[${c}]`, value));
    deviation.forEach((value, c) => positive("normalise", `deviation[${c}]`, value));
    return from;
  },
  apply({ mean, deviation }, image) {
    const { channels, values } = image;
    const out = new Float64Array(values.length);
    for (let at = 0; at < out.length; at += channels)
      for (let c = 0; c < channels; c++) out[at + c] = (values[at + c]! - mean[c]!) / deviation[c]!;
    return { ...image, values: out };
  },
  lower({ mean, deviation }, g, x, { channels }) {
    const along = (list: readonly number[]) => g.constant(Float32Array.from(list), [1, channels, 1, 1]);
    return g.op("Mul", [g.op("Sub", [x, along(mean)]), along(deviation.map((value) => 1 / value))]);
  },
};
