import type { RunState } from "./run-state.ts";
import type { Progress, TrainNetOptions } from "./train-option.ts";

/** How far a run is, whenever asked. The clock starts here, wherever a checkpoint let the run go on. */
export function progressOf(
  { epochs, now = () => performance.now() }: Pick<TrainNetOptions, "epochs" | "now">,
  stepsPerEpoch: number,
  state: RunState,
): (loss: number, rate: number) => Progress {
  const stepOf = () => state.epoch * stepsPerEpoch + state.index;
  const began = { at: now(), step: stepOf() };
  const steps = epochs * stepsPerEpoch;
  return (loss, rate) => {
    const step = stepOf();
    const seconds = (now() - began.at) / 1000;
    return {
      epoch: Math.min(epochs, state.epoch + 1),
      epochs,
      step,
      steps,
      loss,
      rate,
      seconds,
      secondsLeft: ((steps - step) * seconds) / Math.max(1, step - began.step),
    };
  };
}
