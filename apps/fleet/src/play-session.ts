import { createCapture, type CapturedPrediction, type Client } from "@tideline/device";
import type { PropertiesOf } from "@tideline/spec";
import { sharedTime, type Skew } from "./adapter/skewed-clock.ts";
import type { Interaction } from "./interaction.ts";
import type { Pace } from "./pace.ts";
import { RATE, WIDTH } from "./recording/recording.ts";

/** Samples of a frame. */
const FRAME = 128;

/** Which of a sample's values a half turn about z turns round: x and y of both sensors. */
const TURNED = [0, 1, 3, 4];

/** Samples as a phone gives them that is turned 180 degrees about z; a copy. */
export function turnSamples(samples: Float32Array): Float32Array {
  const turned = samples.slice();
  for (let from = 0; from < turned.length; from += WIDTH) {
    for (const channel of TURNED) turned[from + channel]! *= -1;
  }
  return turned;
}

/** Options of {@link playSession}. */
export interface PlaySessionOptions {
  readonly client: Client;
  readonly pace: Pace;
  readonly skew: Skew;
  readonly session: string;
  readonly samples: Float32Array;
  readonly turned: boolean;
  readonly predict: boolean;
  readonly interactions: readonly Interaction[];
  /** First sample to play, and the device's clock at sample 0. */
  readonly from: number;
  readonly startTime: number;
  /** Called after each frame with what was played and answered. */
  readonly played: (samples: number, predictions: readonly CapturedPrediction[]) => Promise<void>;
}

/** Plays the samples of a session as they fall due on the shared clock; what is late is played at once. */
export async function playSession(options: PlaySessionOptions): Promise<void> {
  const { client, pace, skew, session, samples, turned, predict, interactions, from, startTime } = options;
  const capture = createCapture(client, {
    session,
    startTime,
    firstSample: from,
    frameSamples: FRAME,
    predict,
  });
  const total = samples.length / WIDTH;
  const origin = sharedTime(skew, startTime);
  for (let at = from; at < total; at += FRAME) {
    const end = Math.min(at + FRAME, total);
    await pace.until(origin + (end * 1000) / RATE);
    const frame = samples.subarray(at * WIDTH, end * WIDTH);
    const touched = interactions.filter((interaction) => interaction.at >= at && interaction.at < end);
    const [predictions] = await Promise.all([
      capture.push(turned ? turnSamples(frame) : frame),
      ...touched.map(({ event, properties, at: sample }) =>
        client.track(event, properties as PropertiesOf<typeof event>, {
          time: Math.round(startTime + (sample * 1000) / RATE),
        }),
      ),
    ]);
    await options.played(end - at, predictions);
  }
  await capture.finish();
}
