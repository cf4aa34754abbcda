import { prepared } from "../litert/prepare.ts";
import { viewOf } from "../optimise/graph-view.ts";
import type { OnnxModel } from "../onnx.ts";
import { assigned, valuesToObserve, type ActivationType } from "./assign.ts";
import { demandCalibration, rangesOf, type Calibration } from "./calibrate/observe.ts";
import { layersOf } from "./layer.ts";
import type { LayerReport } from "./precision.ts";

/** How a graph becomes one of whole numbers. */
export interface QuantiseOptions {
  /** Rows as the model will see them, and the runtime that runs them. */
  readonly calibration: Calibration;
  readonly activations?: ActivationType;
}

/** A compressed model and what became of each layer. */
export interface Compressed {
  readonly model: OnnxModel;
  readonly layers: readonly LayerReport[];
}

/**
 * The model with every convolution and product in whole numbers of eight bits, as ONNX says them: QuantizeLinear and
 * DequantizeLinear around each. Weights are symmetric with a scale for each output, what flows between is asymmetric, biases
 * have 32 bits; batch norms are taken into the layers before them first.
 *
 * @throws ARGUMENT_INVALID for options that are none; GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`; what the runtime throws.
 */
export async function quantise(model: OnnxModel, options: QuantiseOptions): Promise<Compressed> {
  const { calibration, activations } = options;
  demandCalibration("quantise", calibration);
  const ready = prepared(model);
  const precisions = new Map(layersOf(viewOf(ready)).map(({ name }) => [name, "int8" as const]));
  const ranges = await rangesOf(ready, valuesToObserve(ready, precisions), calibration);
  return assigned(ready, { precisions, ranges, ...(activations && { activations }) });
}
