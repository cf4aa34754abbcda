import type { GraphRuntime } from "@tideline/graph";
import { seededRandom } from "../../../random.ts";
import { dense } from "../../layer/dense.ts";
import { sequential } from "../../layer/sequential.ts";
import { crossEntropy } from "../../loss/cross-entropy.ts";
import type { Net } from "../../net.ts";
import { adam } from "../../optimiser/adam.ts";
import type { NetData } from "../net-data.ts";
import type { TrainNetOptions } from "../train-option.ts";

const hidden = dense({ units: 8, activation: "tanh" });

/** Two numbers to three classes, with noise on the hidden layer as dropout has it. */
export const TOY_NET: Net = {
  inputs: [{ name: "x", elementType: "float32", dims: [2] }],
  forward(scope, { x }) {
    const y = hidden(scope.within("hidden"), x!);
    const noisy = scope.training
      ? scope.g.op("Mul", [
          y,
          scope.g.op("Add", [scope.uniform([scope.batch as number, 8]), scope.g.scalar(0.5)]),
        ])
      : y;
    return sequential(dense({ units: 3 }))(scope, noisy);
  },
};

/** Points around three corners. */
export function toyRows(rows: number, seed: number): NetData {
  const random = seededRandom(seed);
  const target = Int32Array.from({ length: rows }, () => Math.min(2, random.integer(4)));
  const values = Float32Array.from(
    { length: rows * 2 },
    (_, at) => (target[at >> 1] === (at & 1) + 1 ? 2 : 0) + 0.4 * random.normal(),
  );
  return { rows, inputs: { x: { dims: [2], values } }, target: { dims: [], values: target } };
}

/** 18 steps: 6 epochs of 3, the last batch not full. */
export function toyOptions(runtime: GraphRuntime): TrainNetOptions {
  return {
    runtime,
    loss: crossEntropy(),
    optimiser: adam({ rate: 0.05 }),
    epochs: 6,
    batch: 25,
    seed: 1,
    validation: toyRows(30, 5),
    metric: "accuracy",
  };
}
