import { tidelineError } from "@tideline/spec";
import type { Client, Prediction } from "./client.ts";

/** Options of {@link createCapture}. */
export interface CaptureOptions {
  /** Name of the model whose window takes the samples; the app's first where it is not given. */
  readonly model?: string;
  readonly session: string;
  /** The device's clock at sample 0 of the session, milliseconds since 1970. */
  readonly startTime: number;
  /** Index in the session of the first sample to come: 0, or more after a restart. */
  readonly firstSample?: number;
  /** Samples of a recorded frame: 128. */
  readonly frameSamples?: number;
  /** False: only record. */
  readonly predict?: boolean;
}

/** A running capture of one session. */
export interface Capture {
  /**
   * Takes the next samples, interleaved `[samples, input channels]`. Full frames are durable and windows answered
   * when it resolves; event times are those of a frame's or window's last sample. One call at a time.
   */
  push(values: Float32Array): Promise<readonly CapturedPrediction[]>;
  /** Passes over samples that the sensor did not give. */
  skip(samples: number): Promise<void>;
  /** Records the last, shorter frame. */
  finish(): Promise<void>;
}

/** A prediction with the window that it is of. */
export interface CapturedPrediction extends Prediction {
  readonly session: string;
  readonly start: number;
  readonly time: number;
}

/**
 * Cuts a stream of sensor samples into recorded frames and into windows for the model.
 *
 * @example
 * const capture = createCapture(client, { session: "s1", startTime: clock() });
 * const predictions = await capture.push(samples);
 */
export function createCapture(client: Client, options: CaptureOptions): Capture {
  throw tidelineError("INTERNAL", { who: options.session, received: client.app.name });
}
