import type { WindowShape } from "./evidence.ts";
import type { Frame } from "./frame.ts";

/** A window: where it begins in its session, and `[size, channels]` values. */
export interface FramedWindow {
  readonly subject: string;
  readonly session: string;
  readonly start: number;
  readonly values: Float32Array;
}

/** Unbroken samples of a session, one array for each channel. */
interface Run {
  readonly start: number;
  length: number;
  readonly channels: readonly number[][];
}

/** Joins frames of one session, in order of start: repeated samples count once, missing ones begin a new run. */
function runsOf(frames: readonly Frame[], width: number): readonly Run[] {
  const runs: Run[] = [];
  for (const frame of frames) {
    let run = runs.at(-1);
    const known = run === undefined ? frame.start : run.start + run.length;
    if (run === undefined || frame.start > known) {
      run = { start: frame.start, length: 0, channels: Array.from({ length: width }, () => []) };
      runs.push(run);
    }
    const skip = Math.max(0, run.start + run.length - frame.start);
    for (let channel = 0; channel < width; channel += 1) {
      const into = run.channels[channel]!;
      const from = frame.channels[channel]!;
      for (let index = skip; index < frame.samples; index += 1) into.push(from[index]!);
    }
    run.length += Math.max(0, frame.samples - skip);
  }
  return runs;
}

/**
 * The slow part of a channel: first-order low-pass in float64, started at the run's first sample. Its factor is
 * dt / (dt + RC) with RC = 1 / (2 pi cutoff).
 */
function lowPass(values: readonly number[], cutoff: number, rate: number): Float64Array {
  const factor = 1 / rate / (1 / rate + 1 / (2 * Math.PI * cutoff));
  const slow = new Float64Array(values.length);
  let level = values[0] ?? 0;
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) level += factor * (values[index]! - level);
    slow[index] = level;
  }
  return slow;
}

/** The channels of a window, over a whole run: body, gravity, then what is not split. */
function derivedChannels({ channels }: Run, window: WindowShape): readonly Float32Array[] {
  const { input, gravity, rate } = window;
  const split = gravity.channels.map((name) => channels[input.indexOf(name)]!);
  const slow = split.map((values) => lowPass(values, gravity.cutoff, rate));
  const body = split.map((values, index) =>
    Float32Array.from(values, (value, at) => value - slow[index]![at]!),
  );
  const rest = input.flatMap((name, index) => (gravity.channels.includes(name) ? [] : [channels[index]!]));
  return [
    ...body,
    ...slow.map((values) => Float32Array.from(values)),
    ...rest.map((values) => Float32Array.from(values)),
  ];
}

/** Every window of one session's frames (in order of start). */
export function windowsOf(frames: readonly Frame[], window: WindowShape): readonly FramedWindow[] {
  const { size, hop, channels } = window;
  const found: FramedWindow[] = [];
  for (const run of runsOf(frames, window.input.length)) {
    const derived = derivedChannels(run, window);
    for (let from = 0; from + size <= run.length; from += hop) {
      const values = new Float32Array(size * channels.length);
      for (const [channel, series] of derived.entries()) {
        for (let index = 0; index < size; index += 1)
          values[index * channels.length + channel] = series[from + index]!;
      }
      const { subject, session } = frames[0]!;
      found.push({ subject, session, start: run.start + from, values });
    }
  }
  return found;
}
