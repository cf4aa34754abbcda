import type { RunState } from "./run-state.ts";
import type { Progress, TrainNetOptions } from "./train-option.ts";

/** How far a run is, whenever asked. */
export interface ProgressClock {
  /** Steps that have ended together: the pace counts all of them before they are told one by one. */
  ended(steps: number): void;
  of(loss: number, rate: number): Progress;
}

/** The clock starts here, wherever a checkpoint let the run go on. */
export function progressOf(
  { epochs, now = () => performance.now() }: Pick<TrainNetOptions, "epochs" | "now">,
  stepsPerEpoch: number,
  state: RunState,
): ProgressClock {
  const began = now();
  const steps = epochs * stepsPerEpoch;
  let done = 0;
  return {
    ended(count) {
      done += count;
    },
    of(loss, rate) {
      const step = state.epoch * stepsPerEpoch + state.index;
      const seconds = (now() - began) / 1000;
      return {
        epoch: Math.min(epochs, state.epoch + 1),
        epochs,
        step,
        steps,
        loss,
        rate,
        seconds,
        secondsLeft: ((steps - step) * seconds) / Math.max(1, done),
      };
    },
  };
}
