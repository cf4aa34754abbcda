import {
  encodeFrame,
  frameFault,
  isTidelineError,
  type EncodeFrameOptions,
  type FrameGap,
  type FrameType,
} from "@tideline/spec";
import type { PackedFrameValue } from "./draft.ts";
import { fail } from "./fail.ts";

/** How {@link packFrame} packs, and what it says of the samples. */
export interface PackFrameOptions extends EncodeFrameOptions {
  /** Before present sample `at`, `missing` samples are missing. */
  readonly gaps?: readonly FrameGap[];
  /** Samples a second, as measured. */
  readonly rate?: number;
}

/**
 * Packs the samples of a frame field, interleaved `[samples, channels]`, for `track`. What does not fit 16 bits (a
 * sample that is no number, or beyond the given scale) is packed as float32: nothing is cut off.
 *
 * @throws `FIELD_INVALID` for what the server would refuse
 * @example await client.track(motion, { session, start, samples: packFrame(type, values, { encoding: "int16" }) });
 */
export function packFrame(
  type: FrameType,
  values: Float32Array,
  { gaps = [], rate, ...encoding }: PackFrameOptions = {},
): PackedFrameValue {
  const channels = type.channels.length;
  const pack = () => {
    try {
      return encodeFrame(values, channels, encoding);
    } catch (error) {
      if (!isTidelineError(error, "FIELD_INVALID")) throw error;
      return encodeFrame(values, channels);
    }
  };
  const { bytes, reference: packed } = pack();
  const reference = { ...packed, ...(rate !== undefined && { rate }), ...(gaps.length > 0 && { gaps }) };
  const fault = frameFault(type, { offset: 0, ...reference }, bytes.length);
  if (fault !== undefined) fail("FIELD_INVALID", "packFrame", "samples", `${packed.samples} samples`, fault);
  return { samples: packed.samples, values, bytes, reference };
}
