import { illegalOption, oneOf, positiveInteger } from "../check-option.ts";
import { dense } from "../layer/dense.ts";
import { dropout } from "../layer/dropout.ts";
import { layerNorm } from "../layer/layer-norm.ts";
import { maskedAveragePool, maskedMaxPool } from "../layer/masked-pool.ts";
import { position } from "../layer/position.ts";
import { transformerBlock } from "../layer/transformer-block.ts";
import type { Net } from "../net.ts";
import type { NetEstimator } from "./net-classifier.ts";
import { sequenceSource, type SequenceInput, type SequenceOf } from "./sequence-source.ts";
import { checkTask, fitTask, taskSettings } from "./task.ts";
import type { LabelsOf, ModelOf, Task, TaskOptions } from "./task.ts";
import type { Tokeniser } from "./tokeniser.ts";

/** What {@link transformer} takes; plain data. */
export interface TransformerOptions<
  T extends Task = Task,
  I extends SequenceInput = SequenceInput,
> extends TaskOptions<T> {
  /**
   * What is read: `{ series: { shape: [50, 6] } }`, `{ ids: { length: 20, entries: 300 } }`, or
   * `{ text: { length: 64 } }`.
   */
  readonly input: I;
  /** Numbers that a step becomes. Default 64. */
  readonly width?: number;
  /** Parts of the width with their own attention. Default 4. */
  readonly heads?: number;
  /** Blocks of attention and dense layers. Default 2. */
  readonly depth?: number;
  /** Width inside a block's dense part. Default twice `width`. */
  readonly hidden?: number;
  /** How a step says where it stands; "none" makes its place not matter. Default "sine". */
  readonly position?: "sine" | "trained" | "none";
  /** What stands for the sequence: the mean or the largest of its real steps. Default "mean". */
  readonly pool?: "mean" | "max";
}

/** Sequences with their classes or numbers. */
export type SequenceRows<T extends Task, I extends SequenceInput> = LabelsOf<T> & SequenceOf<I>;

/** A fitted {@link transformer}; the tokeniser is that of texts, `undefined` for other rows. */
export type TransformerModel<T extends Task, I extends SequenceInput> = ModelOf<T, SequenceOf<I>> & {
  readonly tokeniser: I extends { readonly text: unknown } ? Tokeniser : undefined;
};

const POOLS = { mean: maskedAveragePool(), max: maskedMaxPool() };
const POSITIONS = { sine: true, trained: true, none: true };

/**
 * A small transformer encoder (A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017) over series of numbers, rows
 * of ids or texts: steps become vectors that know their place, blocks normalise first, padding is attended to by none,
 * then a last normalisation, the mean of the real steps, dropout (default 0.1; default 20 epochs), and the scores.
 * Attention costs the square of the steps: some hundreds are many for a phone.
 *
 * The graph takes "x": float32 [N, steps, channels] and perhaps int64 "lengths" [N] for series, int64 [N, length] else.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const estimator = transformer({ input: { ids: { length: 20, entries: 300 } }, seed: 1 });
 * const model = await estimator.fit({ ids, y, classes }, { runtime: onnxruntimeNode });
 * const probabilities = await model.predictProbabilities({ ids }, onnxruntimeNode);
 */
export function transformer<const I extends SequenceInput, T extends Task = "classification">(
  options: TransformerOptions<T, I>,
): NetEstimator<SequenceRows<T, I>, SequenceOf<I>, TransformerModel<T, I>> {
  const { width = 64, heads = 4, depth = 2 } = options;
  const who = "transformer";
  const hidden = positiveInteger(who, "hidden", options.hidden ?? 2 * width);
  positiveInteger(who, "depth", depth);
  if (positiveInteger(who, "width", width) % positiveInteger(who, "heads", heads) !== 0)
    throw illegalOption(who, "width", `a multiple of ${heads} heads`, String(width));
  const pool = POOLS[oneOf(who, "pool", POOLS, options.pool ?? "mean")];
  const place = oneOf(who, "position", POSITIONS, options.position ?? "sine");
  const settings = taskSettings(who, options, { epochs: 20, dropout: 0.1 });
  const source = sequenceSource(who, options.input);
  const drop = dropout({ rate: settings.dropout });
  const block = transformerBlock({ heads, hidden, dropout: settings.dropout });
  return Object.freeze({
    kind: who,
    async fit(rows, { validation, ...fit }) {
      type Given = SequenceOf<I>;
      const own = { given: rows as Given, labels: rows as LabelsOf<T> };
      checkTask<T, Given>(`${who}.fit`, settings, own, source.encoder);
      const { encoder, inputs, embed, tokeniser } = source.fit(rows);
      const net = (scores: number): Net => ({
        inputs,
        forward(scope, given) {
          const { steps, mask } = embed(scope, given, width);
          const context = mask === undefined ? {} : { mask };
          const placed =
            place === "none" ? steps : position({ form: place })(scope.within("position"), steps);
          let value = drop(scope, placed);
          for (let at = 1; at <= depth; at++) value = block(scope.within(`block${at}`), value, context);
          const pooled = pool(scope, layerNorm()(scope.within("norm"), value), context);
          return dense({ units: scores })(scope.within("scores"), drop(scope, pooled));
        },
      });
      const seen =
        validation === undefined
          ? undefined
          : { given: validation as Given, labels: validation as LabelsOf<T> };
      const model = await fitTask<T, Given>({ kind: who, encoder, net }, settings, own, seen, fit);
      return Object.freeze({ ...model, tokeniser }) as unknown as TransformerModel<T, I>;
    },
  } satisfies NetEstimator<SequenceRows<T, I>, SequenceOf<I>, TransformerModel<T, I>>);
}
