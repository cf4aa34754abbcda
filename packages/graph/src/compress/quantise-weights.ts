import { tidelineError } from "@tideline/spec";
import { viewOf } from "../optimise/graph-view.ts";
import type { OnnxModel } from "../onnx.ts";
import { assigned, BLOCK } from "./assign.ts";
import { carefulWeights } from "./careful-weight.ts";
import { demandCalibration, type Calibration } from "./calibrate/observe.ts";
import { exactPrecision, exactSums } from "./exact-sum.ts";
import { demandFiniteWeights, layersOf } from "./layer.ts";
import { preparedForCompression } from "./prepare-model.ts";
import type { LayerPrecision } from "./precision.ts";
import type { Compressed } from "./quantise.ts";

/** How weights become narrower while the arithmetic stays float32. */
export interface QuantiseWeightsOptions {
  /** Bits of a weight: 16 (half precision), 8 or 4. */
  readonly bits: 16 | 8 | 4;
  /** Weights of four bits: up to so many along the sum share a scale, in even blocks; 32 by default, 0 for one scale an output. */
  readonly block?: number;
  /**
   * Rows on which rounding is compensated: what one weight loses, the weights after it make up for. Without it each weight
   * is rounded to the nearest.
   */
  readonly calibration?: Calibration;
}

const PRECISIONS: Readonly<Record<QuantiseWeightsOptions["bits"], LayerPrecision>> = {
  16: "float16",
  8: "int8-weights",
  4: "int4-weights",
};

/** Wants a length of blocks. @throws ARGUMENT_INVALID */
export function demandBlock(who: string, block: number): void {
  if (
    block !== 0 &&
    !(Number.isInteger(block) && block >= 16 && block <= 65_536 && (block & (block - 1)) === 0)
  )
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "block",
      expected: "0, or a power of two from 16 to 65536",
      received: String(block),
    });
}

/**
 * The model with its weights in 16, 8 or 4 bits, and a Cast and a product with the scales where they are read (Cast alone for 16), which
 * runtimes compute once when they load. Scales are those of an output, or of blocks of up to 32 for four bits, whose graphs need opset 21
 * and ONNX Runtime 1.23.
 *
 * With `calibration`, rounding is compensated for what the layer is given (E. Frantar et al., "GPTQ: Accurate post-training
 * quantization for generative pre-trained transformers", 2022).
 *
 * @throws ARGUMENT_INVALID for options that are none; MODEL_UNSUPPORTED for weights that are infinite or NaN;
 * GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`.
 *
 * @example
 * const { model: small, layers } = await quantiseWeights(model, { bits: 4 });
 */
export async function quantiseWeights(
  model: OnnxModel,
  { bits, block = BLOCK, calibration }: QuantiseWeightsOptions,
): Promise<Compressed> {
  if (!Object.hasOwn(PRECISIONS, bits))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "quantiseWeights",
      field: "bits",
      expected: "16, 8 or 4",
      received: String(bits),
    });
  demandBlock("quantiseWeights", block);
  if (calibration !== undefined) demandCalibration("quantiseWeights", model, calibration);
  const ready = preparedForCompression(model);
  const view = viewOf(ready);
  demandFiniteWeights("quantiseWeights", view);
  const all = layersOf(view);
  const layers = all.map(({ name }) => name);
  const exact = exactSums(view);
  const precisions = new Map(
    all.map((layer) => [
      layer.name,
      exact.has(layer.name)
        ? exactPrecision(layer, calibration !== undefined, PRECISIONS[bits])
        : PRECISIONS[bits],
    ]),
  );
  const rounded =
    calibration === undefined || bits === 16
      ? undefined
      : await carefulWeights(ready, new Map(layers.map((name) => [name, [bits]])), calibration, block);
  return assigned(ready, { precisions, block, ...(rounded && { rounded }) });
}
