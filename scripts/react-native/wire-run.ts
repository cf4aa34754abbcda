import { utf8 } from "@tideline/react-native";
import {
  decodeBatch,
  decodeFrame,
  encodeBatch,
  fromBase64,
  messageOf,
  missingSamples,
  toHex,
  type Batch,
  type FrameReference,
} from "@tideline/spec";

/** A batch of `vectors/wire`. */
export interface WireCase {
  readonly name: string;
  /** Its bytes before gzip, in base64. */
  readonly body: string;
  readonly header: unknown;
  readonly frames: readonly {
    readonly seq: number;
    readonly field: string;
    readonly samples: number;
    /** Little-endian, in hexadecimal. */
    readonly float32: string;
    readonly missing?: number;
  }[];
}

/** JSON with the members of objects in order. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );

function faultsOf({ body, header, frames }: WireCase): string[] {
  const faults: string[] = [];
  const batch = decodeBatch(fromBase64(body), utf8);
  if (sorted(batch.header) !== sorted(header)) faults.push("its header reads otherwise");
  const again = decodeBatch(encodeBatch(header, batch.attachment, utf8), utf8);
  if (sorted(again.header) !== sorted(header)) faults.push("its header is written otherwise");
  if (toHex(again.attachment) !== toHex(batch.attachment)) faults.push("its attachment is written otherwise");
  for (const { seq, field, samples, float32, missing } of frames) {
    const event = (batch.header as Batch).events.find((candidate) => candidate.seq === seq)!;
    const reference = event.properties[field] as FrameReference;
    const channels = samples === 0 ? 1 : float32.length / 8 / samples;
    const values = decodeFrame(batch.attachment, reference, channels);
    if (toHex(new Uint8Array(values.buffer)) !== float32) faults.push(`${field} of ${seq} has other samples`);
    if (missingSamples(reference) !== (missing ?? 0))
      faults.push(`${field} of ${seq} lacks another number of samples`);
  }
  return faults;
}

/** What is wrong with how the installed SDK reads and writes a batch. */
export function wireFaults(wire: WireCase): string[] {
  try {
    return faultsOf(wire).map((fault) => `${wire.name}: ${fault}`);
  } catch (error) {
    return [`${wire.name}: ${messageOf(error)}`];
  }
}
