import type { Matrix } from "../../matrix.ts";
import { illegalOption, oneOf, positiveInteger } from "../check-option.ts";
import { relu } from "../layer/activation.ts";
import { batchNorm } from "../layer/batch-norm.ts";
import { channelsFirst } from "../layer/channel-order.ts";
import { convolution } from "../layer/convolution.ts";
import { flatten } from "../layer/flatten.ts";
import { globalAveragePool } from "../layer/global-pool.ts";
import { maxPool2d } from "../layer/max-pool.ts";
import { sequential } from "../layer/sequential.ts";
import type { Layer } from "../net.ts";
import { fitMatrixNet, type MatrixRows } from "./matrix-net.ts";
import type { NetEstimator } from "./net-classifier.ts";
import { netHead } from "./net-head.ts";
import { standardisedOf } from "./standardised.ts";
import { taskSettings, type ModelOf, type Task, type TaskOptions } from "./task.ts";

/** What {@link conv2d} takes; plain data. */
export interface Conv2dOptions<T extends Task = Task> extends TaskOptions<T> {
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
  /** Whether a batch normalisation follows each convolution. Default true. */
  readonly normalise?: boolean;
  /** What the last block's image becomes: all its numbers in a row, or the mean of each channel. Default "flatten". */
  readonly pool?: "flatten" | "mean";
  /** Units of a dense layer before the scores; 0 for none. Default 0. */
  readonly units?: number;
}

const POOLS = { flatten: flatten(), mean: globalAveragePool() } satisfies Record<string, Layer>;

/**
 * A small convolutional net over images: channels standardised, blocks of convolutions with batch normalisation and
 * ReLU, each block but the last followed by max-pooling by 2, dropout (default 0.3; default 30 epochs), and the scores.
 * Y. LeCun et al., "Gradient-based learning applied to document recognition", Proceedings of the IEEE 86:11, 1998.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await conv2d({ shape: [8, 8, 1], seed: 1 }).fit({ X, y, classes }, { runtime: onnxruntimeNode });
 */
export function conv2d<T extends Task = "classification">(
  options: Conv2dOptions<T>,
): NetEstimator<MatrixRows<T>, Matrix, ModelOf<T, Matrix>> {
  const { shape, units = 0 } = options;
  for (const length of shape) positiveInteger("conv2d", "shape", length);
  const pool = POOLS[oneOf("conv2d", "pool", POOLS, options.pool ?? "flatten")];
  const settings = taskSettings("conv2d", options, { epochs: 30, dropout: 0.3 });
  const body = blocks(options);
  const head = netHead("conv2d", settings, units);
  return Object.freeze({
    kind: "conv2d",
    fit: (rows, fit) =>
      fitMatrixNet<T>(
        {
          kind: "conv2d",
          shape,
          layers: (X, scores) =>
            sequential(standardisedOf(X, shape[2]), channelsFirst(), ...body, pool, head(scores)),
        },
        settings,
        rows,
        fit,
      ),
  } satisfies NetEstimator<MatrixRows<T>, Matrix, ModelOf<T, Matrix>>);
}

/** The blocks of convolutions with what follows each. */
function blocks(options: Conv2dOptions): readonly Layer[] {
  const { shape, channels = [32, 64], depth = 1, size = 3, separable = false, normalise = true } = options;
  positiveInteger("conv2d", "depth", depth);
  if (channels.length === 0) throw illegalOption("conv2d", "channels", "at least one block", "none");
  let before = shape[2];
  return channels.flatMap((count, block) => {
    const layers = Array.from({ length: depth }, (_, at) => {
      const inputs = before;
      before = count;
      const last = { channels: count, bias: !normalise, initial: "heNormal" } as const;
      const convolutions =
        !separable || (block === 0 && at === 0)
          ? [convolution("conv2d", 2, { ...last, size, padding: "same" })]
          : [
              convolution("depthwise", 2, { channels: inputs, groups: inputs, size, padding: "same" }),
              convolution("pointwise", 2, { ...last, size: 1 }),
            ];
      return [...convolutions, ...(normalise ? [batchNorm()] : []), relu()];
    }).flat();
    return block < channels.length - 1 ? [...layers, maxPool2d({ size: 2 })] : layers;
  });
}
