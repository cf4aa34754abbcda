import { adam, cosineRate, crossEntropy, trainNet, type FittedNet } from "@tideline/learn/net";
import { onnxruntimeNode } from "@tideline/pipeline";
import { population } from "./motion-data.ts";
import { MOTION_NET } from "./motion-net.ts";

/** The model that the page begins with: fitted in Node on 40 simulated people, judged by 10 others. */
export function trainPopulation(seed = 1): Promise<FittedNet> {
  return trainNet(MOTION_NET, population(40, 4, seed), {
    runtime: onnxruntimeNode,
    loss: crossEntropy({ labelSmoothing: 0.05 }),
    optimiser: adam({ rate: 5e-3 }),
    schedule: cosineRate(),
    epochs: 8,
    batch: 64,
    seed,
    validation: population(10, 4, seed + 1000),
    metric: "accuracy",
  });
}
