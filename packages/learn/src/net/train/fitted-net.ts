import type { FittedNumbers } from "../initial-parameters.ts";
import type { Layout } from "../layout.ts";
import type { Net } from "../net.ts";
import type { EpochRecord } from "./curve.ts";

/** Why training ended: all epochs done, no better epoch for `patience` of them, or `onEpoch` said so. */
export type Ending = "epochs" | "patience" | "stopped";

/** A trained net; `inferenceGraph(fitted.net, fitted)` is the graph that is shipped. */
export interface FittedNet extends FittedNumbers {
  readonly net: Net;
  /** Where each parameter lies in `parameters`, and each running number in `state`. */
  readonly layout: Layout;
  readonly states: Layout;
  /** One record for each epoch that ended. */
  readonly curves: readonly EpochRecord[];
  /** The epoch (1, 2, ...) after which the parameters were as they are here. */
  readonly epoch: number;
  readonly ended: Ending;
  readonly seed: number;
}
