import {
  concatBytes,
  decodeBatch,
  decodeFrame,
  encodeFrame,
  type Batch,
  type FrameEncoding,
  type FrameReference,
  type WireEvent,
} from "@tideline/spec";
import { app } from "../examples/activity/app.ts";
import { NOBODY_ERASED } from "../packages/pipeline/src/catalog/erased-file.ts";
import { checkBatchHeader } from "../packages/pipeline/src/ingest/batch-header.ts";
import { encodeLogRecord } from "../packages/pipeline/src/ingest/log/log-record.ts";
import { nodeText } from "../packages/pipeline/src/ingest/node-text.ts";
import { pseudonymiser } from "../packages/pipeline/src/ingest/pseudonym.ts";
import { takeBatch } from "../packages/pipeline/src/ingest/take-batch.ts";
import { batchOf, bytesOf, motionOf } from "../test/ingest/client.ts";

/** How fast the ingest thread turns sensor frames of batches into records of its log. */
export interface FrameDecoding {
  readonly encoding: FrameEncoding;
  /** Samples of six channels for each second of processor time, from a batch's bytes to the record's. */
  readonly samplesPerCpuSecond: number;
  /** The same of the decoding alone. */
  readonly decodedPerCpuSecond: number;
}

/** Six channels at 50 Hz: what a phone sends of motion. */
const CHANNELS = 6;
const FRAME_SAMPLES = 128;
const FRAMES = 100;

/** A batch of a hundred frames. */
function batchBytes(encoding: FrameEncoding): Uint8Array {
  const parts: Uint8Array[] = [];
  const events: WireEvent[] = [];
  let offset = 0;
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const values = Float32Array.from({ length: FRAME_SAMPLES * CHANNELS }, (_, index) =>
      Math.sin(frame + index / 50),
    );
    const { bytes, reference } = encodeFrame(values, CHANNELS, { encoding });
    const samples: FrameReference = { offset, ...reference };
    events.push({ ...motionOf(frame, 0, 1), properties: { session: "s1", start: frame * 128, samples } });
    parts.push(bytes);
    offset += bytes.length;
  }
  return bytesOf(batchOf("phone", events), concatBytes(parts));
}

/** Calls `once`, which answers its samples, again and again, and gives samples a second of processor time. */
function rate(times: number, once: () => number): number {
  for (let warm = 0; warm < times / 10; warm += 1) once();
  const before = process.cpuUsage();
  let samples = 0;
  for (let call = 0; call < times; call += 1) samples += once();
  const { user, system } = process.cpuUsage(before);
  return Math.round(samples / ((user + system) / 1e6));
}

/** Measures all that a batch costs between its bytes and its record: JSON, checks, decoding, the record's bytes. */
export function measureFrameDecoding(encoding: FrameEncoding, batches: number): FrameDecoding {
  const bytes = batchBytes(encoding);
  const pseudonymise = pseudonymiser(new Uint8Array(32));
  const fresh = Array.from({ length: FRAMES }, (_, index) => index);
  const options = { app, pseudonymise, eventBytes: 32 * 1024, receivedAt: 0, people: NOBODY_ERASED };
  const once = (): number => {
    const { header: untrusted, attachment } = decodeBatch(bytes, nodeText);
    const header = checkBatchHeader(untrusted, { batchEvents: 1000 });
    const headerBytes = bytes.length - attachment.length;
    const {
      record,
      attachment: kept,
      samples,
    } = takeBatch({ header, attachment, headerBytes }, fresh, options);
    encodeLogRecord(record, kept);
    return samples;
  };
  const { header, attachment } = decodeBatch(bytes, nodeText);
  const frames = (header as Batch).events.map(({ properties }) => properties["samples"] as FrameReference);
  const decode = (): number =>
    frames.reduce((sum, frame) => sum + decodeFrame(attachment, frame, CHANNELS).length / CHANNELS, 0);
  return {
    encoding,
    samplesPerCpuSecond: rate(batches, once),
    decodedPerCpuSecond: rate(batches * 10, decode),
  };
}
