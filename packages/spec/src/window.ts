import { tidelineError } from "./error.ts";
import type { EventDefinition } from "./event.ts";
import type { FrameType } from "./type.ts";

/** Splits the constant part (gravity) off acceleration with a causal first-order low-pass filter. */
export interface GravitySplit {
  /** Acceleration channels, such as `acc_x`; each gives `body_acc_x` and `gravity_acc_x`. */
  readonly channels: readonly string[];
  /** Cut-off frequency in hertz. */
  readonly cutoff: number;
}

/** How a series of samples becomes windows. Plain data; {@link createFramer} gives it its meaning. */
export interface WindowDefinition {
  readonly name: string;
  /** Event and frame field that carry the samples, and the fields that order them. */
  readonly event: string;
  readonly eventVersion: number;
  readonly field: string;
  readonly session: string;
  readonly start: string;
  readonly input: readonly string[];
  readonly rate: number;
  /** Samples in a window. */
  readonly size: number;
  /** Samples from one window's start to the next one's. */
  readonly hop: number;
  readonly gravity: GravitySplit;
  /** Channels of a window, in order: body, gravity, then the channels that are not split. */
  readonly channels: readonly string[];
}

/**
 * Declares windows over the frame field of an event.
 *
 * @example
 * const gait = windows("gait", motion, { field: "samples", session: "session", start: "start",
 *   size: 128, hop: 64, gravity: { channels: ["acc_x", "acc_y", "acc_z"], cutoff: 0.3 } });
 */
export function windows(
  name: string,
  source: EventDefinition,
  options: {
    field: string;
    session: string;
    start: string;
    size: number;
    hop: number;
    gravity: GravitySplit;
  },
): WindowDefinition {
  const field = source.fields[options.field];
  if (field?.kind !== "frame") {
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: `windows "${name}"`,
      field: options.field,
      expected: `a frame field of event "${source.name}"`,
      received: field?.kind ?? "no such field",
    });
  }
  const frame = field as FrameType;
  for (const channel of options.gravity.channels) {
    if (!frame.channels.includes(channel)) {
      throw tidelineError("DEFINITION_ILLEGAL", {
        who: `windows "${name}"`,
        field: "gravity.channels",
        expected: `one of ${frame.channels.join(", ")}`,
        received: channel,
      });
    }
  }
  const split = options.gravity.channels;
  return Object.freeze({
    name,
    event: source.name,
    eventVersion: source.version,
    ...options,
    input: frame.channels,
    rate: frame.rate,
    channels: [
      ...split.map((channel) => `body_${channel}`),
      ...split.map((channel) => `gravity_${channel}`),
      ...frame.channels.filter((channel) => !split.includes(channel)),
    ],
  });
}
