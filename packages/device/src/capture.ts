import { createFramer, type EncodeFrameOptions, type FrameType, type PropertiesOf } from "@tideline/spec";
import type { Budget } from "./budget.ts";
import type { Client } from "./client.ts";
import type { Prediction } from "./models.ts";
import { fail } from "./fail.ts";
import { packFrame } from "./packed-frame.ts";
import type { Conditions } from "./ports.ts";

/** Options of {@link createCapture}. */
export interface CaptureOptions extends EncodeFrameOptions {
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
  /**
   * False: record no samples, only predict: windows and features never leave the phone. Six channels at 50 Hz are
   * 104 MB a day as float32 and half of that as int16.
   */
  readonly record?: boolean;
  /**
   * What the system lets the app do. `foreground` (the default): what comes while the app is not in front is passed
   * over. `workout`: a workout session of iOS or Wear OS runs, which the app has begun. `foreground_service`: a
   * foreground service of Android runs, with its notification.
   */
  readonly mode?: "foreground" | "workout" | "foreground_service";
  /** `ports.conditions`; without it the app counts as in front. */
  readonly conditions?: () => Conditions;
  /** The client's budget: bounds the bytes that are recorded in a day. */
  readonly budget?: Budget;
}

/** What became of the samples of a capture. */
export interface CaptureStatus {
  /** Samples that were handed in. */
  readonly samples: number;
  /** Of these: passed over because the app was not in front. */
  readonly inBackground: number;
  /** Of these: not recorded because the day's budget was spent; they were predicted on all the same. */
  readonly overBudget: number;
  /** Samples that the sensor did not give. */
  readonly missing: number;
  readonly frames: number;
  /** Bytes of the recorded frames. */
  readonly bytes: number;
  readonly windows: number;
}

/** A running capture of one session. */
export interface Capture {
  /**
   * Takes the next samples, interleaved `[samples, input channels]`. Full frames are durable and windows answered
   * when it resolves; event times are those of a frame's or window's last sample. One call at a time.
   */
  push(values: Float32Array): Promise<readonly CapturedPrediction[]>;
  /** Passes over samples that the sensor did not give: the frame tells of the gap, the window begins anew. */
  skip(samples: number): Promise<void>;
  /** Records the last, shorter frame. */
  finish(): Promise<void>;
  status(): CaptureStatus;
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
 * const capture = createCapture(client, { session: "s1", startTime: clock(), encoding: "int16" });
 * const predictions = await capture.push(samples);
 */
export function createCapture(client: Client, options: CaptureOptions): Capture {
  const {
    session,
    startTime,
    frameSamples = 128,
    predict = true,
    record = true,
    mode = "foreground",
  } = options;
  const { budget, conditions } = options;
  const { models, events } = client.app;
  const model =
    models.find(({ name }) => options.model === undefined || name === options.model) ??
    fail(
      "ARGUMENT_INVALID",
      "createCapture",
      "model",
      options.model,
      models.map(({ name }) => name).join(" or "),
    );
  const { window } = model;
  const event = events[window.event]!;
  const type = event.fields[window.field] as FrameType;
  const width = window.input.length;
  const framer = createFramer(window);
  const frame = new Float32Array(frameSamples * width);
  const status = { samples: 0, inBackground: 0, overBudget: 0, missing: 0, frames: 0, bytes: 0, windows: 0 };
  let gaps: (readonly [at: number, missing: number])[] = [];
  /** Index in the session of the next sample, and of the frame's first one, present or missing. */
  let next = options.firstSample ?? 0;
  let start = next;
  let filled = 0;

  const timeAfter = (sample: number): number => Math.round(startTime + (sample * 1000) / window.rate);

  /** Records what the frame holds; a gap at its end is the next one's, whose start tells it. */
  const recordFrame = async (): Promise<void> => {
    if (filled === 0) return;
    const inside = gaps.filter(([at]) => at < filled);
    const packed = packFrame(type, frame.slice(0, filled * width), { ...options, gaps: inside });
    const properties = { [window.session]: session, [window.start]: start, [window.field]: packed };
    const { samples, bytes } = packed;
    [filled, gaps, start] = [0, [], next];
    if (budget?.take("recordBytes", bytes.length) === false) {
      status.overBudget += samples;
      return;
    }
    const tracked = client.track(event, properties as PropertiesOf<typeof event>, { time: timeAfter(next) });
    if ((await tracked) === null) return;
    status.frames += 1;
    status.bytes += bytes.length;
  };

  const skip = (samples: number): void => {
    if (samples <= 0) return;
    next += samples;
    if (!record) return;
    const last = gaps[gaps.length - 1];
    if (last?.[0] === filled) gaps[gaps.length - 1] = [filled, last[1] + samples];
    else gaps.push([filled, samples]);
  };

  /** Puts samples into frames. */
  const keep = async (values: Float32Array): Promise<void> => {
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
  };

  const push = async (values: Float32Array): Promise<readonly CapturedPrediction[]> => {
    const count = values.length / width;
    status.samples += count;
    if (mode === "foreground" && conditions?.().foreground === false) {
      status.inBackground += count;
      skip(count);
      return [];
    }
    const windows = framer.push(next, values);
    if (record) await keep(values);
    else next += count;
    const predictions: CapturedPrediction[] = [];
    for (const { start: from, values: cut } of predict ? windows : []) {
      const at = { model: model.name, session, start: from, time: timeAfter(from + window.size) };
      predictions.push({ ...(await client.predict(cut, at)), session, start: from, time: at.time });
    }
    status.windows += windows.length;
    return predictions;
  };

  return Object.freeze({
    push,
    skip: async (samples: number) => {
      status.missing += samples;
      skip(samples);
    },
    finish: recordFrame,
    status: () => ({ ...status }),
  });
}
