import { illegalOption, positiveInteger } from "../check-option.ts";
import { convolution } from "../layer/convolution.ts";
import { defineLayer } from "../layer/define-layer.ts";
import { dense } from "../layer/dense.ts";
import { flatten } from "../layer/flatten.ts";
import { globalAveragePool } from "../layer/global-pool.ts";
import { maxPool2d } from "../layer/max-pool.ts";
import { sequential } from "../layer/sequential.ts";
import { dropped } from "./dropout.ts";
import { fitMatrixNet } from "./matrix-net.ts";
import type { NetEstimator } from "./net-classifier.ts";
import { standardisedOf } from "./standardised.ts";
import { trainingSettings, type NetTrainingOptions } from "./training-option.ts";

/** What {@link conv2d} takes; plain data. */
export interface Conv2dOptions extends NetTrainingOptions {
  /** [height, width, channels] of an image; a row of `X` holds pixel after pixel, line after line. */
  readonly shape: readonly [number, number, number];
  /** Channels of each block; the image is halved after each but the last. Default [32, 64]. */
  readonly channels?: readonly number[];
  /** Convolutions in each block. Default 1. */
  readonly depth?: number;
  /** Pixels that a convolution sees along each side. Default 3. */
  readonly size?: number;
  /**
   * Whether every convolution but the first is split into one along each channel alone and one across channels (A.
   * Howard et al., "MobileNets", 2017): a fraction of the numbers and of the work. Default false.
   */
  readonly separable?: boolean;
  /** What the last block's image becomes: all its numbers in a row, or the mean of each channel. Default "flatten". */
  readonly pool?: "flatten" | "mean";
  /** Units of a dense layer before the scores; 0 for none. Default 0. */
  readonly units?: number;
}

/** [batch, height, width, channels] to [batch, channels, height, width], as convolutions take it. */
const channelsFirst = defineLayer("channelsFirst", ({ g }, x) =>
  g.op("Transpose", [x], { perm: [0, 3, 1, 2] }),
);

/**
 * A small convolutional net over images: channels standardised, blocks of convolutions with ReLU, each block but the
 * last followed by max-pooling by 2, dropout (default 0.3; default 30 epochs), and the scores. Y. LeCun et al.,
 * "Gradient-based learning applied to document recognition", Proceedings of the IEEE 86:11, 1998.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await conv2d({ shape: [8, 8, 1], seed: 1 }).fit({ X, y, classes }, { runtime: onnxruntimeNode });
 */
export function conv2d(options: Conv2dOptions): NetEstimator {
  const {
    shape,
    channels = [32, 64],
    depth = 1,
    size = 3,
    separable = false,
    pool = "flatten",
    units = 0,
  } = options;
  for (const length of shape) positiveInteger("conv2d", "shape", length);
  positiveInteger("conv2d", "depth", depth);
  if (channels.length === 0) throw illegalOption("conv2d", "channels", "at least one block", "none");
  if (pool !== "flatten" && pool !== "mean")
    throw illegalOption("conv2d", "pool", "flatten, mean", String(pool));
  const settings = trainingSettings("conv2d", options, { epochs: 30, dropout: 0.3 });
  const drop = settings.dropout === 0 ? [] : [dropped(settings.dropout)];
  let before = shape[2];
  const body = channels.flatMap((count, block) => {
    const layers = Array.from({ length: depth }, (_, at) => {
      const whole = !separable || (block === 0 && at === 0);
      const inputs = before;
      before = count;
      const full = { channels: count, activation: "relu" as const };
      return whole
        ? [convolution("conv2d", 2, { ...full, size, padding: "same" })]
        : [
            convolution("depthwise", 2, { channels: inputs, groups: inputs, size, padding: "same" }),
            convolution("pointwise", 2, { ...full, size: 1 }),
          ];
    }).flat();
    return block < channels.length - 1 ? [...layers, maxPool2d({ size: 2 })] : layers;
  });
  const head = units === 0 ? [] : [dense({ units, activation: "relu" }), ...drop];
  return Object.freeze({
    kind: "conv2d",
    fit: (rows, fit) =>
      fitMatrixNet(
        {
          kind: "conv2d",
          shape,
          layers: (X, classes) =>
            sequential(
              standardisedOf(X, shape[2]),
              channelsFirst,
              ...body,
              pool === "mean" ? globalAveragePool() : flatten(),
              ...drop,
              ...head,
              dense({ units: classes }),
            ),
        },
        settings,
        rows,
        fit,
      ),
  } satisfies NetEstimator);
}
