import { finite, illegalOption } from "../../net/check-option.ts";
import { LUMA } from "./colour.ts";
import type { Image, ImageShape } from "./image.ts";
import type { ImageStepDef, StepOf } from "./image-step.ts";

function wantChannels(who: string, from: ImageShape, channels: readonly number[]): void {
  if (channels.includes(from.channels)) return;
  throw illegalOption(who, "channels", channels.join(" or "), String(from.channels));
}

/** The image with other channels, each pixel by `paint`. */
function repainted(
  { height, width, channels, values }: Image<Float64Array>,
  made: number,
  paint: (values: Float64Array, from: number, out: Float64Array, to: number) => void,
): Image<Float64Array> {
  const out = new Float64Array(height * width * made);
  for (let from = 0, to = 0; to < out.length; from += channels, to += made) paint(values, from, out, to);
  return { height, width, channels: made, values: out };
}

export const swapRedBlue: ImageStepDef<StepOf<"swapRedBlue">> = {
  shape(_, from) {
    wantChannels("swapRedBlue", from, [3]);
    return from;
  },
  apply: (_, image) =>
    repainted(image, 3, (values, from, out, to) => {
      out[to] = values[from + 2]!;
      out[to + 1] = values[from + 1]!;
      out[to + 2] = values[from]!;
    }),
  lower: (_, g, x) => g.op("Gather", [x, g.ints([2, 1, 0])], { axis: 1 }),
};

export const grey: ImageStepDef<StepOf<"grey">> = {
  shape(_, from) {
    wantChannels("grey", from, [3]);
    return { ...from, channels: 1 };
  },
  apply: (_, image) =>
    repainted(image, 1, (values, from, out, to) => {
      out[to] = LUMA[0] * values[from]! + LUMA[1] * values[from + 1]! + LUMA[2] * values[from + 2]!;
    }),
  lower: (_, g, x) => g.op("Conv", [x, g.constant(Float32Array.from(LUMA), [1, 3, 1, 1])]),
};

export const repeatGrey: ImageStepDef<StepOf<"repeatGrey">> = {
  shape(_, from) {
    wantChannels("repeatGrey", from, [1]);
    return { ...from, channels: 3 };
  },
  apply: (_, image) => repainted(image, 3, (values, from, out, to) => out.fill(values[from]!, to, to + 3)),
  lower: (_, g, x) => g.op("Concat", [x, x, x], { axis: 1 }),
};

function backgroundOf({ background = [0, 0, 0] }: StepOf<"opaque">): readonly number[] {
  if (background.length !== 3)
    throw illegalOption("opaque", "background", "three numbers", String(background.length));
  return background.map((level, c) => finite("opaque", `background[${c}]`, level));
}

export const opaque: ImageStepDef<StepOf<"opaque">> = {
  shape(step, from) {
    backgroundOf(step);
    wantChannels("opaque", from, [4]);
    return { ...from, channels: 3 };
  },
  apply(step, image) {
    const ground = backgroundOf(step);
    return repainted(image, 3, (values, from, out, to) => {
      const share = values[from + 3]! / 255;
      for (let c = 0; c < 3; c++) out[to + c] = ground[c]! + share * (values[from + c]! - ground[c]!);
    });
  },
  lower(step, g, x) {
    const ground = g.constant(Float32Array.from(backgroundOf(step)), [1, 3, 1, 1]);
    const part = (from: number, to: number) => g.op("Slice", [x, g.ints([from]), g.ints([to]), g.ints([1])]);
    const share = g.op("Mul", [part(3, 4), g.scalar(1 / 255)]);
    return g.op("Add", [ground, g.op("Mul", [g.op("Sub", [part(0, 3), ground]), share])]);
  },
};
