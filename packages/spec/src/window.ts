import { checkCausalFilter, type CausalFilter } from "./causal-filter.ts";
import { tidelineError } from "./error.ts";
import type { EventDefinition, Fields } from "./event.ts";
import type { FieldUses } from "./purpose.ts";
import type { FrameType } from "./type.ts";

/** Splits the constant part (gravity) off acceleration with a causal first-order low-pass filter. */
export interface GravitySplit {
  /** Acceleration channels, such as `acc_x`; each gives `body_acc_x` and `gravity_acc_x`. */
  readonly channels: readonly string[];
  /** Cut-off frequency in hertz. */
  readonly cutoff: number;
}

/** A causal filter of some channels, before gravity is split off. */
export interface ChannelFilter {
  readonly channels: readonly string[];
  readonly filter: CausalFilter;
}

/** Carries the purposes that windows may feed, in the types only. */
declare const USES: unique symbol;

/** How a series of samples becomes windows. Plain data; {@link createFramer} gives it its meaning. */
export interface WindowDefinition<Uses extends string = string> {
  readonly [USES]?: Uses;
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
  /** Filters of the samples, one after the other; they begin anew after a gap. Absent: none. */
  readonly filters?: readonly ChannelFilter[];
  /** Channels of a window, in order: body, gravity, then the channels that are not split. */
  readonly channels: readonly string[];
}

/**
 * Declares windows over the frame field of an event.
 *
 * @throws `DEFINITION_ILLEGAL` for fields that the event lacks, a hop beyond the size (samples between two windows
 * would belong to none) and a filter without a cut-off.
 * @example
 * const gait = windows("gait", motion, { field: "samples", session: "session", start: "start",
 *   size: 128, hop: 64, gravity: { channels: ["acc_x", "acc_y", "acc_z"], cutoff: 0.3 } });
 */
export function windows<
  Source extends EventDefinition,
  const Field extends string,
  const Session extends string,
  const Start extends string,
>(
  name: string,
  source: Source,
  options: {
    field: Field;
    session: Session;
    start: Start;
    size: number;
    hop: number;
    gravity: GravitySplit;
    filters?: readonly ChannelFilter[];
  },
): WindowDefinition<FieldUses<Source, Field> & FieldUses<Source, Session> & FieldUses<Source, Start>> {
  const refuse = (field: string, expected: string, received: string): never => {
    throw tidelineError("DEFINITION_ILLEGAL", { who: `windows "${name}"`, field, expected, received });
  };
  const { size, hop, gravity } = options;
  const declared: Fields = source.fields;
  const field = declared[options.field];
  if (field?.kind !== "frame") {
    refuse(options.field, `a frame field of event "${source.name}"`, field?.kind ?? "no such field");
  }
  const frame = field as FrameType;
  for (const [role, kind] of [
    ["session", "string"],
    ["start", "int"],
  ] as const) {
    const found = declared[options[role]]?.kind ?? "no such field";
    if (found !== kind) refuse(role, `a field of kind ${kind} of event "${source.name}"`, found);
  }
  if (!Number.isSafeInteger(size) || size < 1) refuse("size", "a positive integer", String(size));
  if (!Number.isSafeInteger(hop) || hop < 1 || hop > size) {
    refuse("hop", `an integer from 1 to ${size}`, String(hop));
  }
  if (!(gravity.cutoff > 0)) refuse("gravity.cutoff", "hertz above 0", String(gravity.cutoff));
  for (const channel of gravity.channels) {
    if (!frame.channels.includes(channel)) {
      refuse("gravity.channels", `one of ${frame.channels.join(", ")}`, channel);
    }
  }
  for (const { channels, filter } of options.filters ?? []) {
    checkCausalFilter(filter);
    const stranger = channels.find((channel) => !frame.channels.includes(channel));
    if (stranger !== undefined) refuse("filters.channels", `one of ${frame.channels.join(", ")}`, stranger);
  }
  const split = gravity.channels;
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
