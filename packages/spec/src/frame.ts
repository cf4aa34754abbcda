import type { FrameType } from "./type.ts";

/** How the samples of a frame stand in a batch's attachment. */
export type FrameEncoding = "float32" | "int16";

/** Before present sample `at` of a frame, `missing` samples are missing. */
export type FrameGap = readonly [at: number, missing: number];

/** A frame as it travels: where its samples stand in the batch's attachment, and what they are. */
export interface FrameReference {
  /** Bytes into the attachment, a multiple of 4. */
  readonly offset: number;
  /** Samples that are present; each has all channels of the frame. */
  readonly samples: number;
  /** `float32` where it is left out. */
  readonly encoding?: FrameEncoding;
  /** `int16` only: one factor for each channel; a value is the stored integer times it. */
  readonly scale?: readonly number[];
  /** Samples a second, as measured. */
  readonly rate?: number;
  /** Unit of each channel. */
  readonly units?: readonly string[];
  /** Where samples are missing, with `at` rising. */
  readonly gaps?: readonly FrameGap[];
}

/** Samples that a frame's gaps may leave out in all: what a signed 32-bit integer counts. */
export const MAX_MISSING = 2 ** 31 - 1;

/** Largest finite float32, which no scaled integer may exceed. */
const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

/** Bytes that a frame takes in an attachment; `int16` is padded to a multiple of 4. */
export function frameBytes(
  { samples, encoding }: Pick<FrameReference, "samples" | "encoding">,
  channels: number,
): number {
  return encoding === "int16" ? Math.ceil((samples * channels) / 2) * 4 : samples * channels * 4;
}

/** How many samples a frame says are missing. */
export function missingSamples({ gaps }: Pick<FrameReference, "gaps">): number {
  return (gaps ?? []).reduce((sum, [, missing]) => sum + missing, 0);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether gaps rise, stand before present samples, and leave out at least one and at most {@link MAX_MISSING}. */
function areGaps(gaps: unknown, samples: number): boolean {
  if (!Array.isArray(gaps)) return false;
  let last = -1;
  let total = 0;
  return gaps.every((gap: unknown) => {
    if (!Array.isArray(gap) || gap.length !== 2) return false;
    const [at, missing] = gap as unknown[];
    if (!isCount(at) || at <= last || at >= samples || !isCount(missing) || missing === 0) return false;
    last = at;
    total += missing;
    return total <= MAX_MISSING;
  });
}

/**
 * What is wrong with the value of a frame field, or undefined: it lies in the attachment, its encoding is known, and
 * what it says of rate and units is what was declared (the rate within a tenth, which sensors' clocks keep).
 */
export function frameFault(type: FrameType, value: unknown, attachmentBytes: number): string | undefined {
  const { channels } = type;
  const isObject = typeof value === "object" && value !== null;
  const { offset, samples, encoding, scale, rate, units, gaps } = (isObject ? value : {}) as FrameReference;
  const isInt16 = encoding === "int16";
  if (encoding !== undefined && encoding !== "float32" && !isInt16) return "expected float32 or int16";
  const isInside =
    isCount(offset) &&
    offset % 4 === 0 &&
    isCount(samples) &&
    samples > 0 &&
    offset + frameBytes({ samples, ...(isInt16 && { encoding }) }, channels.length) <= attachmentBytes;
  if (!isInside) return "expected a frame { offset, samples } inside the batch's attachment";
  const isScaled =
    Array.isArray(scale) &&
    scale.length === channels.length &&
    scale.every((factor) => typeof factor === "number" && factor > 0 && factor * 2 ** 15 <= FLOAT32_MAX);
  if (isInt16 ? !isScaled : scale !== undefined) {
    return `expected ${isInt16 ? `${channels.length} factors above 0` : "no factors"} as scale`;
  }
  if (rate !== undefined && !(Math.abs(rate - type.rate) * 10 <= type.rate)) {
    return `expected a rate within a tenth of ${type.rate} Hz`;
  }
  if (
    units !== undefined &&
    !(
      Array.isArray(units) &&
      units.length === channels.length &&
      units.every((unit, index) => unit === type.units[index])
    )
  ) {
    return `expected the units ${type.units.join(", ")}`;
  }
  if (gaps !== undefined && !areGaps(gaps, samples)) {
    return "expected gaps [at, missing] that rise, before present samples";
  }
  return undefined;
}
