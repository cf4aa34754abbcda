import { ELEMENT_TYPES, elementCount, type Value } from "@tideline/graph";
import { belowOne, positive } from "../check-option.ts";
import { ones, zeros } from "../initialiser.ts";
import type { Layer, LayerState, NetScope } from "../net.ts";
import { defineLayer, rowDims } from "./define-layer.ts";

/** What {@link batchNorm} takes. */
export interface BatchNormOptions {
  /** How much of the running mean and variance a step keeps. Default 0.9 (PyTorch names the rest, 0.1). */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

/** The mean over the rows that count and all positions of each channel, as [1, C, 1, ...]. */
function channelMean(scope: NetScope, x: Value): Value {
  const { g } = scope;
  const [, channels, ...rest] = x.dims as readonly number[];
  const size = elementCount(rest);
  const flat = rest.length === 0 || rest.length === 1 ? x : g.op("Reshape", [x, g.ints([0, 0, size])]);
  // A mean along memory and a small product with the rows' shares: rows that only fill the batch cost nothing.
  const perRow = rest.length === 0 ? x : g.op("ReduceMean", [flat, g.ints([2])], { keepdims: 0 });
  const mean = g.op("MatMul", [scope.counted().share, perRow]);
  return rest.length === 0 ? mean : g.op("Reshape", [mean, g.ints([1, channels!, ...rest.map(() => 1)])]);
}

/** Moves running numbers by a share towards those of the batch, [channels]. */
function follow({ g }: NetScope, state: LayerState, batch: Value, share: Value): void {
  const apart = g.op("Sub", [batch, state.value]);
  state.update(g.op("Add", [state.value, g.op("Mul", [apart, share])]));
}

/**
 * Batch normalisation: each channel of [batch, C, ...] less its mean over its deviation, scaled and shifted by trained
 * numbers (S. Ioffe and C. Szegedy, "Batch Normalization", ICML 2015). While training the statistics are those of the
 * rows of the batch that count; running ones are kept (the variance divided by n - 1, as PyTorch's) and used otherwise.
 * They are used and left alone by a step too in which a single number of each channel counts, of which there is no
 * variance (PyTorch refuses such a batch). Rows that only fill the batch become the shift, whatever they are.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; when applied to rows of unknown lengths.
 * @example
 * const block = sequential(conv1d({ channels: 32, size: 5, bias: false }), batchNorm(), relu());
 */
export function batchNorm(options: BatchNormOptions = {}): Layer {
  const { momentum = 0.9, epsilon = 1e-5 } = options;
  belowOne("batchNorm layer", "momentum", momentum);
  positive("batchNorm layer", "epsilon", epsilon);
  return defineLayer("batchNorm", (scope, x) => {
    const form = "float32[batch, channels, ...]";
    const [channels, ...rest] = rowDims("batchNorm", scope, x, form, (dims) => dims.length > 0);
    const { g, training } = scope;
    const scale = scope.parameter("scale", [channels!], ones, { decay: false });
    const shift = scope.parameter("bias", [channels!], zeros, { decay: false });
    const mean = scope.state("mean", [channels!], 0);
    const variance = scope.state("variance", [channels!], 1);
    if (!training)
      return g.op("BatchNormalization", [x, scale, shift, mean.value, variance.value], { epsilon });

    const column = (value: Value) => g.op("Reshape", [value, g.ints([1, channels!, ...rest.map(() => 1)])]);
    const list = (value: Value) => g.op("Reshape", [value, g.ints([channels!])]);
    const { counts, count } = scope.counted();
    const size = elementCount(rest);
    const values = g.op("Mul", [count, g.scalar(size)]);
    // 1 where there is a variance to speak of, 0 where one number is all: more than one position is enough.
    const some =
      size > 1
        ? undefined
        : g.op("Cast", [g.op("Greater", [values, g.scalar(1)])], { to: ELEMENT_TYPES.float32.code });
    const orRunning = (batch: Value, state: LayerState) => {
      if (some === undefined) return batch;
      const running = column(state.value);
      return g.op("Add", [running, g.op("Mul", [g.op("Sub", [batch, running]), some])]);
    };

    const own = orRunning(channelMean(scope, x), mean);
    const centred = g.op("Sub", [x, own]);
    const spread = channelMean(scope, g.op("Mul", [centred, centred]));
    const deviation = g.op("Sqrt", [g.op("Add", [orRunning(spread, variance), g.scalar(epsilon)])]);
    const factor = g.op("Div", [column(scale), deviation]);
    const row = g.op("Reshape", [counts, g.ints([scope.batch as number, 1, ...rest.map(() => 1)])]);

    const others = g.op("Max", [g.op("Sub", [values, g.scalar(1)]), g.scalar(1)]);
    const kept = g.scalar(1 - momentum);
    const share = some === undefined ? kept : g.op("Mul", [some, kept]);
    follow(scope, mean, list(own), share);
    follow(scope, variance, list(g.op("Mul", [spread, g.op("Div", [values, others])])), share);
    // The rows' zeros go into the small factor, so that they cost no pass over x.
    return g.op("Add", [g.op("Mul", [centred, g.op("Mul", [factor, row])]), column(shift)]);
  });
}
