import { illegalOption, positiveInteger } from "../check-option.ts";
import { conv1d as convolution } from "../layer/conv1d.ts";
import { dense } from "../layer/dense.ts";
import { defineLayer } from "../layer/define-layer.ts";
import { dropped } from "./dropout.ts";
import { globalAveragePool, globalMaxPool } from "../layer/global-pool.ts";
import { maxPool1d } from "../layer/max-pool.ts";
import { sequential } from "../layer/sequential.ts";
import type { Layer } from "../net.ts";
import { fitMatrixNet } from "./matrix-net.ts";
import type { NetEstimator } from "./net-classifier.ts";
import { standardisedOf } from "./standardised.ts";
import { trainingSettings, type NetTrainingOptions } from "./training-option.ts";

/** What {@link conv1d} takes; plain data. */
export interface Conv1dOptions extends NetTrainingOptions {
  /** [samples, channels] of a window; a row of `X` holds sample after sample. */
  readonly shape: readonly [number, number];
  /** Channels of each convolution; the series is halved after each but the last. Default [64, 64, 128]. */
  readonly channels?: readonly number[];
  /** Samples that a convolution sees. Default 5. */
  readonly size?: number;
  /** Distance between windows of the first convolution. Default 1; 2 makes a long series half as dear. */
  readonly stride?: number;
  /** How time is summed up at the end: the mean of each channel, its largest number, or both. Default "both". */
  readonly pool?: "mean" | "max" | "both";
  /** Units of a dense layer before the scores; 0 for none. Default 0. */
  readonly units?: number;
}

/** [batch, samples, channels] to [batch, channels, samples], as convolutions take it. */
const channelsFirst = defineLayer("channelsFirst", ({ g }, x) => g.op("Transpose", [x], { perm: [0, 2, 1] }));

const meanAndMax: Layer = defineLayer("meanAndMax", (scope, x) =>
  scope.g.op("Concat", [globalAveragePool()(scope, x), globalMaxPool()(scope, x)], { axis: 1 }),
);

const POOLS = { mean: globalAveragePool(), max: globalMaxPool(), both: meanAndMax } satisfies Record<
  string,
  Layer
>;

/**
 * A convolutional net over windows of a series (sensors, audio): channels standardised, then convolutions with ReLU,
 * each but the last followed by max-pooling by 2, a summary over time, dropout (default 0.5; default 20 epochs), and the
 * scores. Y. LeCun and Y. Bengio, "Convolutional networks for images, speech, and time series", 1995.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await conv1d({ shape: [128, 6], seed: 1 }).fit({ X, y, classes }, { runtime: onnxruntimeNode });
 */
export function conv1d(options: Conv1dOptions): NetEstimator {
  const { shape, channels = [64, 64, 128], size = 5, stride = 1, pool = "both", units = 0 } = options;
  const [, width] = shape;
  for (const length of shape) positiveInteger("conv1d", "shape", length);
  if (channels.length === 0) throw illegalOption("conv1d", "channels", "at least one convolution", "none");
  if (!Object.hasOwn(POOLS, pool)) throw illegalOption("conv1d", "pool", Object.keys(POOLS).join(", "), pool);
  const settings = trainingSettings("conv1d", options, { epochs: 20, dropout: 0.5 });
  const drop = settings.dropout === 0 ? [] : [dropped(settings.dropout)];
  const body = channels.flatMap((count, at) => [
    convolution({
      channels: count,
      size,
      padding: "same",
      stride: at === 0 ? stride : 1,
      activation: "relu",
    }),
    ...(at < channels.length - 1 ? [maxPool1d({ size: 2 })] : []),
  ]);
  const head = units === 0 ? [] : [dense({ units, activation: "relu" }), ...drop];
  return Object.freeze({
    kind: "conv1d",
    fit: (rows, fit) =>
      fitMatrixNet(
        {
          kind: "conv1d",
          shape,
          layers: (X, classes) =>
            sequential(
              standardisedOf(X, width),
              channelsFirst,
              ...body,
              POOLS[pool],
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
