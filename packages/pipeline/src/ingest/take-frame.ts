import { concatBytes, type FrameReference } from "@tideline/spec";

/** Moves a frame of `channels` into the record's attachment; null where frames claim more bytes than there are. */
export type FrameTaker = (reference: FrameReference, channels: number) => FrameReference | null;

/**
 * Gathers the frames of the events that are kept. Bytes of other events never get into the log, and frames that
 * overlap cannot make a record larger than its batch.
 */
export function frameTaker(attachment: Uint8Array): {
  readonly take: FrameTaker;
  readonly attachment: () => Uint8Array;
  readonly samples: () => number;
} {
  const parts: Uint8Array[] = [];
  let offset = 0;
  let samples = 0;
  return {
    take: (reference, channels) => {
      const length = reference.samples * channels * 4;
      if (offset + length > attachment.length) return null;
      parts.push(attachment.subarray(reference.offset, reference.offset + length));
      const moved = { offset, samples: reference.samples };
      offset += length;
      samples += reference.samples;
      return moved;
    },
    attachment: () => concatBytes(parts),
    samples: () => samples,
  };
}
