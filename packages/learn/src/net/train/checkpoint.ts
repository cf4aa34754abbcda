import { tidelineError } from "@tideline/spec";
import type { EpochRecord } from "./curve.ts";
import { fingerprint } from "./fingerprint.ts";

/** All that a run needs to go on as if it had never been interrupted. */
export interface Checkpoint {
  /** Names the run: nets, data, options, runtime. Only that very run may go on from here. */
  readonly run: string;
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done within the epoch that is under way. */
  readonly index: number;
  /** Sum over those steps of loss times weight, and of the weights. */
  readonly lossSum: number;
  readonly weightSum: number;
  readonly gradientNorm: number;
  readonly curves: readonly EpochRecord[];
  /** Why the run is over; absent while it is under way. */
  readonly ended?: "epochs" | "patience" | "stopped";
  /** Parameters, slots of the optimiser and state, by the names of the step graph's inputs. */
  readonly tensors: Readonly<Record<string, Float32Array>>;
  /** Parameters and state after the best epoch, where one is kept. */
  readonly best?: Readonly<Record<string, Float32Array>>;
}

/**
 * The version of the format and of what its numbers mean: in 1 the slots of Adam were scaled otherwise, and a run could
 * not go on from them bit for bit.
 */
const VERSION = 2;
const MAGIC = "TLCP";
/** Magic, version, length of the header. */
const LEAD = 12;
const DIGITS = 32;
/** A header is names, counts and one record an epoch. */
const MOST_HEADER = 64 * 1024 * 1024;

interface Header extends Omit<Checkpoint, "tensors" | "best"> {
  readonly tensors: readonly (readonly [string, number])[];
  readonly best?: readonly (readonly [string, number])[];
}

/**
 * Writes a checkpoint: `TLCP`, the version and the header's length (uint32), the header (JSON in UTF-8, filled up with
 * spaces to a multiple of four), the tensors in the header's order (float32), all little-endian, and 32 hexadecimal
 * digits that {@link fingerprint} gives for everything before them.
 */
export function writeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const list = (tensors: Readonly<Record<string, Float32Array>>) =>
    Object.entries(tensors).map(([name, { length }]) => [name, length] as const);
  const header: Header = {
    ...checkpoint,
    tensors: list(checkpoint.tensors),
    ...(checkpoint.best === undefined ? {} : { best: list(checkpoint.best) }),
  } as Header;
  const text = new TextEncoder().encode(JSON.stringify(header, exactly));
  const headerLength = (text.length + 3) & ~3;
  const tensors = [...Object.values(checkpoint.tensors), ...Object.values(checkpoint.best ?? {})];
  const length = LEAD + headerLength + tensors.reduce((sum, tensor) => sum + tensor.byteLength, 0);
  const bytes = new Uint8Array(length + DIGITS);
  bytes.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(bytes.buffer);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, headerLength, true);
  bytes.fill(0x20, LEAD, LEAD + headerLength).set(text, LEAD);
  let at = LEAD + headerLength;
  for (const tensor of tensors) {
    bytes.set(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength), at);
    at += tensor.byteLength;
  }
  bytes.set(new TextEncoder().encode(fingerprint().add(bytes.subarray(0, length)).hex()), length);
  return bytes;
}

/**
 * Reads what {@link writeCheckpoint} wrote.
 *
 * @throws ARTIFACT_CORRUPT for bytes that are cut, changed or no checkpoint; MODEL_UNSUPPORTED for another version.
 */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const whole = bytes.slice();
  if (whole.length < LEAD + DIGITS || text(whole.subarray(0, 4)) !== MAGIC)
    throw corrupt("bytes that begin with TLCP", `${whole.length} other bytes`);
  const view = new DataView(whole.buffer);
  const version = view.getUint32(4, true);
  if (version !== VERSION)
    throw tidelineError("MODEL_UNSUPPORTED", {
      who: "checkpoint",
      field: "version",
      expected: String(VERSION),
      received: String(version),
      remedy: "Resume with the version of the library that wrote it, or remove it to begin the run anew.",
    });
  const end = whole.length - DIGITS;
  if (text(whole.subarray(end)) !== fingerprint().add(whole.subarray(0, end)).hex())
    throw corrupt("bytes as they were written", "a fingerprint that differs");
  const headerLength = view.getUint32(8, true);
  if (headerLength > Math.min(MOST_HEADER, end - LEAD) || headerLength % 4 !== 0)
    throw corrupt("a header within the bytes", `one of ${headerLength} bytes`);
  const { tensors, best, ...header } = JSON.parse(
    text(whole.subarray(LEAD, LEAD + headerLength)),
    exact,
  ) as Header;
  let at = LEAD + headerLength;
  const take = (list: readonly (readonly [string, number])[]): Record<string, Float32Array> =>
    Object.fromEntries(
      list.map(([name, length]) => {
        if (!Number.isSafeInteger(length) || length < 0 || at + length * 4 > end)
          throw corrupt(`${length} numbers of "${name}"`, "fewer");
        at += length * 4;
        return [name, new Float32Array(whole.buffer, at - length * 4, length).slice()];
      }),
    );
  const read = { ...header, tensors: take(tensors), ...(best === undefined ? {} : { best: take(best) }) };
  if (at !== end) throw corrupt("nothing after the tensors", `${end - at} bytes`);
  return Object.freeze(read);
}

/** Numbers that JSON has not stand as `{ "number": "NaN" }`, so that a resumed run sees what was seen. */
function exactly(_: string, value: unknown): unknown {
  if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { number: Object.is(value, -0) ? "-0" : String(value) };
}

function exact(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("number" in value)) return value;
  return Number(value.number);
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function corrupt(expected: string, received: string): Error {
  return tidelineError("ARTIFACT_CORRUPT", {
    who: "checkpoint",
    expected,
    received,
    remedy: "Remove it to begin the run anew.",
  });
}
