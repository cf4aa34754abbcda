import { logisticModel, matrix, standardiser } from "@tideline/learn";
import { pose } from "../../dataset/testing/pose-app.ts";
import type { FittedState } from "../fitted-state.ts";

/** A pose model made by hand: UP where gravity points along x, the more certain the greater the weight. */
export function handFitted(names: readonly string[], weight: number): FittedState {
  const weights = new Float64Array(2 * names.length);
  const told = names.indexOf("gravity_acc_x.mean");
  weights[2 * told] = weight;
  weights[2 * told + 1] = -weight;
  return {
    names,
    scaler: standardiser(new Float64Array(names.length), new Float64Array(names.length).fill(1)),
    classifier: logisticModel({
      classes: pose.labels,
      weights: matrix(names.length, 2, weights),
      intercepts: Float64Array.of(0, 0),
    }),
  };
}
