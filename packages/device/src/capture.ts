import { createFramer, tidelineError, type PropertiesOf } from "@tideline/spec";
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
  const { session, startTime, frameSamples = 128, predict = true } = options;
  const model = client.app.models.find(({ name }) => options.model === undefined || name === options.model);
  const event = model === undefined ? undefined : client.app.events[model.window.event];
  if (model === undefined || event === undefined) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "createCapture",
      field: "model",
      expected: client.app.models.map(({ name }) => name).join(" or "),
      received: options.model ?? "none",
    });
  }
  const { window } = model;
  const width = window.input.length;
  const framer = createFramer(window);
  const frame = new Float32Array(frameSamples * width);
  /** Index in the session of the next sample, and how many samples of the frame are filled. */
  let next = options.firstSample ?? 0;
  let filled = 0;

  const timeAfter = (sample: number): number => Math.round(startTime + (sample * 1000) / window.rate);

  /** Records what the frame holds. */
  const recordFrame = async (): Promise<void> => {
    if (filled === 0) return;
    const values = frame.slice(0, filled * width);
    const properties = {
      [window.session]: session,
      [window.start]: next - filled,
      [window.field]: { samples: filled, values },
    };
    filled = 0;
    await client.track(event, properties as PropertiesOf<typeof event>, { time: timeAfter(next) });
  };

  const push = async (values: Float32Array): Promise<readonly CapturedPrediction[]> => {
    const windows = framer.push(next, values);
    const writes: Promise<void>[] = [];
    for (let from = 0; from < values.length;) {
      const count = Math.min(frameSamples - filled, (values.length - from) / width);
      frame.set(values.subarray(from, from + count * width), filled * width);
      filled += count;
      next += count;
      from += count * width;
      if (filled === frameSamples) writes.push(recordFrame());
    }
    await Promise.all(writes);
    const predictions: CapturedPrediction[] = [];
    for (const { start, values: cut } of predict ? windows : []) {
      const context = { model: model.name, session, start, time: timeAfter(start + window.size) };
      predictions.push({ ...(await client.predict(cut, context)), session, start, time: context.time });
    }
    return predictions;
  };

  return Object.freeze({
    push,
    skip: async (samples: number) => {
      await recordFrame();
      next += samples;
    },
    finish: recordFrame,
  });
}
