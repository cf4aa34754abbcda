import type { Matrix } from "../../matrix.ts";
import { illegalOption, oneOf, positiveInteger } from "../check-option.ts";
import { relu } from "../layer/activation.ts";
import { batchNorm } from "../layer/batch-norm.ts";
import { channelsFirst } from "../layer/channel-order.ts";
import { concat } from "../layer/concat.ts";
import { conv1d as convolution } from "../layer/conv1d.ts";
import { globalAveragePool, globalMaxPool } from "../layer/global-pool.ts";
import { maxPool1d } from "../layer/max-pool.ts";
import { sequential } from "../layer/sequential.ts";
import type { Layer } from "../net.ts";
import { fitMatrixNet, type MatrixRows } from "./matrix-net.ts";
import type { NetEstimator } from "./net-classifier.ts";
import { netHead } from "./net-head.ts";
import { standardisedOf } from "./standardised.ts";
import { taskSettings, type ModelOf, type Task, type TaskOptions } from "./task.ts";
import { vectorLengths, type VectorChannels } from "./vector-length.ts";
import { windowSpectrum } from "./window-spectrum.ts";
import { centredWindow, windowStatistics } from "./window-statistic.ts";

/** What {@link conv1d} takes; plain data. */
export interface Conv1dOptions<T extends Task = Task> extends TaskOptions<T> {
  /** [samples, channels] of a window; a row of `X` holds sample after sample. */
  readonly shape: readonly [number, number];
  /** Channels of each convolution; the series is halved after each but the last. Default [32, 64]. */
  readonly channels?: readonly number[];
  /** Samples that each convolution sees, or one number for all. Default 9 for the first, 5 for the others. */
  readonly size?: number | readonly number[];
  /** Distance between windows of the first convolution. Default 1; 2 makes a long series half as dear. */
  readonly stride?: number;
  /** Whether a batch normalisation follows each convolution. Default true. */
  readonly normalise?: boolean;
  /**
   * Channels that are the axes of one sensor: the length of each such vector becomes a further channel, which stays
   * the same however the device is turned. Default none.
   */
  readonly vectors?: readonly VectorChannels[];
  /**
   * Whether the convolutions see each window less its mean; its level is then left to `statistics`. Default: where
   * there are statistics.
   */
  readonly centred?: boolean;
  /** Whether statistics of the window stand beside what the convolutions find. Default true. */
  readonly statistics?: boolean;
  /** Whether the window's spectrum stands beside what the convolutions find. Default true. */
  readonly spectrum?: boolean;
  /** How time is summed up at the end: the mean of each channel, its largest number, or both. Default "both". */
  readonly pool?: "mean" | "max" | "both";
  /** Units of a dense layer before the scores; 0 for none. Default 0. */
  readonly units?: number;
}

const POOLS = {
  mean: globalAveragePool(),
  max: globalMaxPool(),
  both: concat([globalAveragePool(), globalMaxPool()]),
} satisfies Record<string, Layer>;

/** Samples that convolutions see by default: the first one finds a movement, the others put movements together. */
const SIZES = { first: 9, others: 5 };

/**
 * A convolutional net over windows of a series (sensors, audio): channels standardised, then convolutions with batch
 * normalisation and ReLU, each but the last followed by max-pooling by 2, and a summary over time; beside it, computed
 * in the graph from the same raw window, statistics and the spectrum; then dropout (default 0.4; default 20 epochs)
 * and the scores. Y. LeCun and Y. Bengio, "Convolutional networks for images, speech, and time series", 1995; the
 * statistics after A. Ignatov, "Real-time human activity recognition from accelerometer data using convolutional
 * neural networks", Applied Soft Computing 62, 2018.
 *
 * The defaults are what recognised activities of people left out of training best; `examples/nets/README.md` has the
 * figures.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await conv1d({ shape: [128, 6], vectors: [[0, 1, 2], [3, 4, 5]], seed: 1 }).fit(
 *   { X, y, classes },
 *   { runtime: onnxruntimeNode },
 * );
 */
export function conv1d<T extends Task = "classification">(
  options: Conv1dOptions<T>,
): NetEstimator<MatrixRows<T>, Matrix, ModelOf<T, Matrix>> {
  const { shape, channels = [32, 64], vectors = [], statistics = true, spectrum = true, units = 0 } = options;
  for (const length of shape) positiveInteger("conv1d", "shape", length);
  if ((statistics || spectrum) && shape[0] < 2)
    throw illegalOption("conv1d", "shape", "at least 2 samples for statistics or a spectrum", `${shape[0]}`);
  const settings = taskSettings("conv1d", options, { epochs: 20, dropout: 0.4 });
  const found = sequential(
    ...((options.centred ?? statistics) ? [centredWindow()] : []),
    ...convolutions(channels, options),
    POOLS[oneOf("conv1d", "pool", POOLS, options.pool ?? "both")],
  );
  const summary = concat([
    found,
    ...(statistics ? [sequential(windowStatistics(), batchNorm())] : []),
    ...(spectrum ? [sequential(windowSpectrum(), batchNorm())] : []),
  ]);
  const lengths = vectorLengths("conv1d", shape[1], vectors);
  const head = netHead("conv1d", settings, units);
  return Object.freeze({
    kind: "conv1d",
    fit: (rows, fit) =>
      fitMatrixNet<T>(
        {
          kind: "conv1d",
          shape,
          layers: (X, scores) =>
            sequential(
              lengths.layer,
              standardisedOf(lengths.of(X), shape[1] + vectors.length),
              channelsFirst(),
              summary,
              head(scores),
            ),
        },
        settings,
        rows,
        fit,
      ),
  } satisfies NetEstimator<MatrixRows<T>, Matrix, ModelOf<T, Matrix>>);
}

/** The convolutions with what follows each. */
function convolutions(
  channels: readonly number[],
  { size, stride = 1, normalise = true }: Conv1dOptions,
): readonly Layer[] {
  if (channels.length === 0) throw illegalOption("conv1d", "channels", "at least one convolution", "none");
  if (typeof size === "object" && size.length !== channels.length)
    throw illegalOption("conv1d", "size", `${channels.length} numbers, one for each`, `${size.length}`);
  const sizeOf = (at: number) => size ?? (at === 0 ? SIZES.first : SIZES.others);
  return channels.flatMap((count, at) => [
    convolution({
      channels: count,
      size: typeof size === "object" ? size[at]! : (sizeOf(at) as number),
      padding: "same",
      stride: at === 0 ? stride : 1,
      bias: !normalise,
      initial: "heNormal",
    }),
    ...(normalise ? [batchNorm()] : []),
    relu(),
    ...(at < channels.length - 1 ? [maxPool1d({ size: 2 })] : []),
  ]);
}
