import { createCausalFilter, smoothing } from "./causal-filter.ts";
import { tidelineError } from "./error.ts";
import type { WindowDefinition } from "./window.ts";

/** A finished window: the index of its first sample in the session, and `[size, channels]` values. */
export interface Window {
  readonly start: number;
  readonly values: Float32Array;
}

/** Samples that never came: `[from, to)` in samples of the session. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** A streaming framer of one session. */
export interface Framer {
  /**
   * Takes the samples `[start, start + samples)`, interleaved `[samples, input channels]`, in order. Samples that
   * were taken before are passed over; a jump ahead is a gap: it is recorded, and filter and window start anew.
   */
  push(start: number, values: Float32Array): readonly Window[];
  /** Every gap so far, in order. */
  readonly gaps: readonly Gap[];
}

/**
 * The one meaning of windows, on the phone as in the pipeline. Filters come first, if there are any. The gravity of a sample is a causal low-pass of the
 * acceleration, started at the session's first sample (or the first after a gap), kept in float64; the body's
 * acceleration is the rest. A window is given out as soon as its last sample has come; how samples are cut into
 * pushes changes nothing.
 *
 * @example
 * const framer = createFramer(gait);
 * for (const window of framer.push(0, samples)) classify(window.values);
 */
export function createFramer(definition: WindowDefinition): Framer {
  const { input, channels, size, hop, gravity } = definition;
  const width = channels.length;
  const alpha = smoothing(gravity.cutoff, definition.rate);
  const splitFrom = gravity.channels.map((channel) => input.indexOf(channel));
  const copied = input.map((_, index) => index).filter((index) => !splitFrom.includes(index));
  const level = new Float64Array(splitFrom.length);
  const filters = (definition.filters ?? []).map(({ channels: names, filter }) => ({
    places: names.map((name) => input.indexOf(name)),
    sample: new Float64Array(names.length),
    running: createCausalFilter(filter, names.length),
  }));
  const filtered = new Float64Array(input.length);
  const buffer = new Float32Array(size * width);
  const gaps: Gap[] = [];
  let filled = 0;
  let next = -1;
  let fresh = true;

  /** A sample through the filters. */
  const filterSample = (values: Float32Array, from: number): Float64Array => {
    for (let index = 0; index < input.length; index += 1) filtered[index] = values[from + index]!;
    for (const { places, sample, running } of filters) {
      for (const [index, place] of places.entries()) sample[index] = filtered[place]!;
      running.step(sample, 0);
      for (const [index, place] of places.entries()) filtered[place] = sample[index]!;
    }
    return filtered;
  };

  const append = (values: Float32Array | Float64Array, from: number): void => {
    let to = filled * width;
    for (let index = 0; index < splitFrom.length; index += 1) {
      const sample = values[from + splitFrom[index]!]!;
      level[index] = fresh ? sample : level[index]! + alpha * (sample - level[index]!);
      buffer[to + index] = sample - level[index]!;
      buffer[to + splitFrom.length + index] = level[index]!;
    }
    to += 2 * splitFrom.length;
    for (const index of copied) buffer[to++] = values[from + index]!;
    fresh = false;
    filled += 1;
  };

  const push = (start: number, values: Float32Array): readonly Window[] => {
    if (values.length % input.length !== 0 || !Number.isSafeInteger(start) || start < 0) {
      throw tidelineError("ARGUMENT_INVALID", {
        who: `framer "${definition.name}"`,
        field: "samples",
        expected: `a start of at least 0 and a multiple of ${input.length} values`,
        received: `start ${start}, ${values.length} values`,
      });
    }
    const finished: Window[] = [];
    const count = values.length / input.length;
    if (next >= 0 && start > next) {
      gaps.push({ from: next, to: start });
      filled = 0;
      fresh = true;
      for (const { running } of filters) running.reset();
      next = start;
    } else if (next < 0) next = start;
    for (let sample = Math.max(0, next - start); sample < count; sample += 1) {
      if (filters.length === 0) append(values, sample * input.length);
      else append(filterSample(values, sample * input.length), 0);
      next += 1;
      if (filled === size) {
        finished.push({ start: next - size, values: buffer.slice() });
        buffer.copyWithin(0, hop * width);
        filled = Math.max(0, size - hop);
      }
    }
    return finished;
  };

  return Object.freeze({ push, gaps });
}
