import { tidelineError } from "@tideline/spec";
import type { RunningServer } from "../server/start-server.ts";
import type { RunningFleet } from "./fleet.ts";

/** What a play of the loop needs. */
export interface PlayContext {
  readonly server: RunningServer;
  readonly fleet: RunningFleet;
  readonly drift: boolean;
  /** Resolves with the version when a release of at least this version is on offer. */
  readonly released: (version: number) => Promise<number>;
  readonly onPhase: (phase: string, sentence: string) => void;
  readonly now: () => number;
  readonly onInjected: (at: number) => void;
}

/** Wall milliseconds that a training may take before the play gives up on it. */
const PATIENCE = 150_000;

/** A promise, or a timeout with a sentence. */
async function within<Value>(promise: Promise<Value>, ms: number, what: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          tidelineError("NOT_ENOUGH_DATA", {
            who: "tideline start",
            expected: what,
            received: `nothing in ${ms / 1000} s`,
          }),
        ),
      ms,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Plays the whole loop with a fleet: phones of the study collect, the first release is made, everybody else lives
 * with it; then every phone is turned, the drift is noticed and answered by a second release, and the others live on
 * with that. The server does all of its part by itself; this only tells phones when to play.
 */
export async function playLoop(context: PlayContext): Promise<void> {
  const { fleet, onPhase, released, drift, now, onInjected } = context;
  onPhase("collect", "study phones record and label");
  await fleet.play({ phase: "collect", cohorts: ["study"], turned: false, predict: false });
  onPhase("train", "training the first model");
  await within(released(1), PATIENCE, "a first release");
  onPhase("live", "beta and control phones predict");
  await fleet.play({ phase: "live", cohorts: ["beta", "control"], turned: false, predict: true });
  await context.server.turn();
  if (drift) onInjected(now());
  onPhase("turned", drift ? "every phone is turned by 180 degrees" : "every phone goes on as before");
  await fleet.play({ phase: "turned", cohorts: ["study", "beta", "control"], turned: drift, predict: true });
  if (!drift) return;
  onPhase("retrain", "drift is noticed, a challenger is trained");
  await within(released(2), PATIENCE, "drift to be noticed and a second release");
  onPhase("after", "phones take the second release");
  await fleet.play({ phase: "after", cohorts: ["beta", "control"], turned: true, predict: true });
}
