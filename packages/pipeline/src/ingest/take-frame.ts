import { endianness } from "node:os";
import {
  concatBytes,
  decodeFrame,
  encodeSamples,
  frameBytes,
  missingSamples,
  type FrameReference,
} from "@tideline/spec";

/** Moves a frame of `channels` into the record's attachment; null where frames claim more bytes than there are. */
export type FrameTaker = (reference: FrameReference, channels: number) => FrameReference | null;

/** Bytes of samples that nobody else holds: a view on a machine that stores numbers as the log does. */
function bytesOf(values: Float32Array): Uint8Array {
  return endianness() === "LE" ? new Uint8Array(values.buffer) : encodeSamples(values);
}

/** What became of the frames of a batch. */
export interface TakenFrames {
  readonly take: FrameTaker;
  readonly attachment: () => Uint8Array;
  /** Samples that were present. */
  readonly samples: () => number;
  /** Samples that the frames say are missing. */
  readonly missing: () => number;
}

/**
 * Gathers the frames of the events that are kept, as float32 whatever they came as: log and lake know one form. Bytes
 * of other events never get into the log, and frames that overlap cannot make a record larger than its batch, or
 * twice that for int16. Of a reference its place, gaps and measured rate remain.
 */
export function frameTaker(attachment: Uint8Array): TakenFrames {
  const parts: Uint8Array[] = [];
  let claimed = 0;
  let offset = 0;
  let samples = 0;
  let missing = 0;
  return {
    take: (reference, channels) => {
      const length = frameBytes(reference, channels);
      if (claimed + length > attachment.length) return null;
      claimed += length;
      const bytes =
        reference.encoding === "int16"
          ? bytesOf(decodeFrame(attachment, reference, channels))
          : attachment.subarray(reference.offset, reference.offset + length);
      const { gaps = [], rate } = reference;
      const moved: FrameReference = {
        offset,
        samples: reference.samples,
        ...(rate !== undefined && { rate }),
        ...(gaps.length > 0 && { gaps }),
      };
      parts.push(bytes);
      offset += bytes.length;
      samples += reference.samples;
      missing += missingSamples(reference);
      return moved;
    },
    attachment: () => concatBytes(parts),
    samples: () => samples,
    missing: () => missing,
  };
}
