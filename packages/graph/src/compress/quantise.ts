import { viewOf } from "../optimise/graph-view.ts";
import type { OnnxModel } from "../onnx.ts";
import { assigned, canBeWhole, type ActivationType, type Assigned } from "./assign.ts";
import { calibrated } from "./calibrated.ts";
import { carefulWeights } from "./careful-weight.ts";
import { demandCalibration, type Calibration, type CalibrationMethod } from "./calibrate/observe.ts";
import { correctedBiases } from "./correct-bias.ts";
import { equalised } from "./equalise.ts";
import { exactPrecision, exactSums } from "./exact-sum.ts";
import { demandFiniteWeights, layersOf } from "./layer.ts";
import type { LayerPrecision, LayerReport } from "./precision.ts";
import { preparedForCompression } from "./prepare-model.ts";

/** How a graph becomes one of whole numbers. */
export interface QuantiseOptions {
  /**
   * Rows as the model will see them, and the runtime that runs them. Without a method, each is tried and the one whose outputs
   * move least on the rows is taken.
   */
  readonly calibration: Calibration;
  /**
   * The type of what flows between layers: `uint8` by default, for which ONNX Runtime has faster kernels on x86. Both say the
   * same 256 numbers.
   */
  readonly activations?: ActivationType;
  /** Rounds each weight to the nearest, instead of making up with later weights for what earlier ones lost on the rows. */
  readonly nearest?: boolean;
  /** Evens out the ranges of channels between neighbouring layers first. */
  readonly equalise?: boolean;
  /** Moves biases by what rounding takes from the mean of each channel on the rows. */
  readonly correctBias?: boolean;
}

/** A compressed model and what became of each layer. */
export interface Compressed {
  readonly model: OnnxModel;
  readonly layers: readonly LayerReport[];
}

/** A model in whole numbers, and how ranges were found. */
export interface Quantised extends Compressed {
  readonly method: CalibrationMethod;
}

/**
 * The model with every convolution and product in whole numbers of eight bits, as ONNX says them: QuantizeLinear and
 * DequantizeLinear around each. Weights are symmetric with a scale for each output, what flows between is asymmetric, biases
 * have 32 bits; batch norms are taken into the layers beside them first. What has weights and no integer kernel (tables,
 * recurrent layers) gets them stored in eight bits, and so do products of features whose sums must stay exact: those that
 * are told by their logarithms, as a spectrum is, and those of columns whose ranges lie far apart.
 *
 * Source: B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", 2018.
 *
 * @throws ARGUMENT_INVALID for options that are none; MODEL_UNSUPPORTED for weights that are infinite or NaN;
 * GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`; what the runtime throws.
 *
 * @example
 * const { model: whole, layers } = await quantise(model, { calibration: { runtime: onnxruntimeNode, rows } });
 */
export async function quantise(model: OnnxModel, options: QuantiseOptions): Promise<Quantised> {
  const { calibration, activations } = options;
  demandCalibration("quantise", model, calibration);
  const plain = preparedForCompression(model);
  const ready = options.equalise === true ? preparedForCompression(equalised(plain)) : plain;
  const view = viewOf(ready);
  demandFiniteWeights("quantise", view);
  const layers = layersOf(view);
  const exact = exactSums(view);
  const precisions = new Map<string, LayerPrecision>(
    layers.map((layer) => [
      layer.name,
      exact.has(layer.name) ? exactPrecision(layer, options.nearest !== true, "int8-weights") : "int8",
    ]),
  );
  const rounded =
    options.nearest === true
      ? undefined
      : await carefulWeights(ready, new Map(layers.map(({ name }) => [name, [8]])), calibration, 0);
  const chosen = { ...(activations && { activations }), ...(rounded && { rounded }) };
  const { ranges, method } = await calibrated(ready, calibration, { precisions, ...chosen });
  const whole = (one: OnnxModel): Assigned => assigned(one, { precisions, ranges, ...chosen });
  if (options.correctBias !== true) return { ...whole(ready), method };
  const integer = layers.filter((layer) => canBeWhole(view, layer) && !exact.has(layer.name));
  const corrected = await correctedBiases(ready, integer, calibration, (one) => whole(one).model);
  return { ...whole(corrected), method };
}
