import { tidelineError } from "@tideline/spec";
import { viewOf } from "../optimise/graph-view.ts";
import type { OnnxModel } from "../onnx.ts";
import { assigned, BLOCK, canBeWhole, type ActivationType, type Assigned } from "./assign.ts";
import { calibrated } from "./calibrated.ts";
import { carefulWeights } from "./careful-weight.ts";
import { demandCalibration, type Calibration, type CalibrationMethod } from "./calibrate/observe.ts";
import { demandFiniteWeights, layersOf } from "./layer.ts";
import { preparedForCompression } from "./prepare-model.ts";
import { demandPrecision, type LayerPrecision } from "./precision.ts";
import type { Compressed } from "./quantise.ts";
import { demandBlock } from "./quantise-weights.ts";
import { openTrial, type Trial } from "./score.ts";

/** What a mixture of precisions is to keep to. */
export interface MixedOptions {
  /** Rows that tell ranges, and on which rounding is compensated. */
  readonly calibration: Calibration;
  /** Other rows, on which the mixture is judged. */
  readonly trial: Trial;
  /** How much the score may fall: 0.01 by default, one point of accuracy. */
  readonly gate?: number;
  /** What a layer may have, the cheapest first; float32 always comes last. `int8`, `int8-weights`, `float16` by default. */
  readonly ladder?: readonly LayerPrecision[];
  readonly activations?: ActivationType;
  /** Weights of four bits: so many along the sum share a scale; 32 by default, 0 for one scale an output. */
  readonly block?: number;
}

/** One layer alone in a precision, all others in float32. */
export interface Sensitivity {
  readonly layer: string;
  readonly precision: LayerPrecision;
  readonly score: number;
  /** The mean squared difference of the outputs, relative to how they spread. */
  readonly error: number;
  /** What the layer's weights take. */
  readonly bytes: number;
}

/** A change that was tried on the way. */
export interface MixedStep {
  readonly layer: string;
  readonly from: LayerPrecision;
  readonly to: LayerPrecision;
  readonly score: number;
  readonly kept: boolean;
}

/** A mixture, and how it was found. */
export interface Mixed extends Compressed {
  readonly scoreBefore: number;
  readonly score: number;
  readonly gate: number;
  readonly method: CalibrationMethod;
  readonly sensitivities: readonly Sensitivity[];
  /** After all layers took the cheapest: first dearer ones until the gate held, then cheaper ones where it still did. */
  readonly steps: readonly MixedStep[];
}

const LADDER: readonly LayerPrecision[] = ["int8", "int8-weights", "float16"];

/** A dearer precision is worth while where it takes this much of what float32 would take off the error. */
const WORTH = 0.9;

/**
 * The cheapest precisions of the layers with which the score falls by no more than the gate. Each layer is first tried alone in
 * each precision; then all take the cheapest, and those that move the outputs most take dearer ones until the gate holds; then
 * each that is dear is tried cheaper once more. In the worst case everything is float32, where nothing falls.
 *
 * @throws ARGUMENT_INVALID for options that are none; MODEL_UNSUPPORTED for weights that are infinite or NaN;
 * GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`; what the runtime throws.
 *
 * @example
 * const { model: mixed, score, layers } = await mixedPrecision(model, {
 *   calibration: { runtime, rows },
 *   trial: { runtime, rows: held, score: accuracyScore("probabilities", labels) },
 * });
 */
export async function mixedPrecision(model: OnnxModel, options: MixedOptions): Promise<Mixed> {
  const { calibration, gate = 0.01, ladder: given = LADDER, activations, block = BLOCK } = options;
  demandCalibration("mixedPrecision", model, calibration);
  demandBlock("mixedPrecision", block);
  for (const precision of given) demandPrecision("mixedPrecision", "ladder", precision);
  if (!(gate >= 0))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "mixedPrecision",
      field: "gate",
      expected: "a number of at least 0",
      received: String(gate),
    });
  const ready = preparedForCompression(model);
  const view = viewOf(ready);
  demandFiniteWeights("mixedPrecision", view);
  const trial = await openTrial("mixedPrecision", ready, options.trial);
  const layers = layersOf(view);
  const rungsOf = new Map(
    layers.map((layer) => [
      layer.name,
      [...new Set<LayerPrecision>([...given, "float32"])].filter(
        (one) => one !== "int8" || canBeWhole(view, layer),
      ),
    ]),
  );
  const bitsOf = (names: readonly LayerPrecision[]): readonly (4 | 8)[] => [
    ...(names.includes("int8-weights") ? ([8] as const) : []),
    ...(names.includes("int4-weights") ? ([4] as const) : []),
  ];
  const careful = await carefulWeights(
    ready,
    new Map([...rungsOf].map(([name, rungs]) => [name, bitsOf(rungs)])),
    calibration,
    block,
  );
  const chosen = activations === undefined ? {} : { activations };
  const { ranges, method } = given.includes("int8")
    ? await calibrated(ready, calibration, { ...chosen, rounded: careful })
    : { ranges: new Map(), method: calibration.method ?? "range" };
  const made = (precisions: ReadonlyMap<string, LayerPrecision>): Assigned =>
    assigned(ready, { precisions, ranges, block, rounded: careful, ...chosen });
  const holds = (score: number): boolean => score >= trial.base - gate;

  const sensitivities: Sensitivity[] = [];
  const alone = new Map<string, number>();
  for (const [layer, rungs] of rungsOf)
    for (const precision of rungs) {
      const one = made(new Map([[layer, precision]]));
      const { score, error } =
        precision === "float32" ? { score: trial.base, error: 0 } : await trial.of(one.model);
      const { bytes } = one.layers.find(({ name }) => name === layer)!;
      sensitivities.push(Object.freeze({ layer, precision, score, error, bytes }));
      alone.set(`${layer} ${precision}`, error);
    }
  const errorOf = (layer: string, precision: LayerPrecision): number => alone.get(`${layer} ${precision}`)!;

  const now = new Map([...rungsOf].map(([layer, rungs]) => [layer, rungs[0]!]));
  let score = (await trial.of(made(now).model)).score;
  const steps: MixedStep[] = [];
  while (!holds(score)) {
    const dearest = [...now]
      .filter(([, precision]) => precision !== "float32")
      .toSorted(([a, of], [b, other]) => errorOf(b, other) - errorOf(a, of))[0];
    if (dearest === undefined) break;
    const [layer, from] = dearest;
    const rungs = rungsOf.get(layer)!;
    const enough = (1 - WORTH) * errorOf(layer, from);
    const to = rungs.slice(rungs.indexOf(from) + 1).find((one) => errorOf(layer, one) <= enough)!;
    now.set(layer, to);
    score = (await trial.of(made(now).model)).score;
    steps.push({ layer, from, to, score, kept: true });
  }
  const raised = [...new Set(steps.map(({ layer }) => layer))];
  const saved = (layer: string): number => layers.find(({ name }) => name === layer)!.weights.values.length;
  for (const layer of raised.toSorted((a, b) => saved(b) - saved(a))) {
    const rungs = rungsOf.get(layer)!;
    for (const to of rungs.slice(0, rungs.indexOf(now.get(layer)!))) {
      const from = now.get(layer)!;
      const tried = await trial.of(made(new Map([...now, [layer, to]])).model);
      const kept = holds(tried.score);
      steps.push({ layer, from, to, score: tried.score, kept });
      if (!kept) continue;
      now.set(layer, to);
      score = tried.score;
      break;
    }
  }
  return Object.freeze({
    ...made(now),
    scoreBefore: trial.base,
    score,
    gate,
    method,
    sensitivities: Object.freeze(sensitivities),
    steps: Object.freeze(steps),
  });
}
