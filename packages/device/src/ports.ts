import type { Clock, Digest, RuntimeName, TextCodec, VerifySignature } from "@tideline/spec";
import type { CrashPoint } from "./crash-point.ts";

/**
 * Files of the app's own, by flat name (`[a-z0-9._-]`, at most 128 characters). A promise that resolves means that
 * the bytes survive the loss of power. Calls for one name do not overlap; calls for different names may.
 */
export interface Storage {
  /** Appends to a file, which it creates where there is none; durable when resolved. May tear when interrupted. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** The whole file, or null where there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /** Replaces a file: after an interruption either the old or the new bytes are there, whole. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file; a file that is not there is no error. */
  remove(name: string): Promise<void>;
  /** Names that start with `prefix`, sorted by code unit. */
  list(prefix: string): Promise<readonly string[]>;
}

/** A request of {@link Network}. */
export interface NetworkRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Milliseconds after which the adapter gives up and rejects. */
  readonly timeoutMs: number;
  /** The adapter stops reading and rejects, by `DATA_MALFORMED`, once the answer's body is longer than this. */
  readonly maxBytes: number;
  /**
   * Asked right before the request goes out by whatever waited meanwhile: where it says false (consent was withdrawn),
   * nothing is sent and the promise rejects. Absent: it is wanted.
   */
  readonly isWanted?: () => boolean;
}

/** An answer, whatever its status. */
export interface NetworkResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** HTTP. */
export interface Network {
  /**
   * Rejects when there is no connection or no answer in time, and, with a `tidelineError` of `DATA_MALFORMED`, when an
   * answer is too long: so a caller that asked for a part learns that the server has answered with the whole.
   */
  request(request: NetworkRequest): Promise<NetworkResponse>;
}

/** A model in memory. */
export interface LoadedModel {
  /** Output for one window `[size, channels]`, handed in as a tensor of `dims`; never called twice at a time. */
  run(window: Float32Array, dims: readonly [1, number, number]): Promise<Float32Array>;
  /** Frees the model; no run follows. */
  release(): void | Promise<void>;
}

/**
 * What runs a release's model. A phone may have several: each takes the variants of its own format, and the
 * release's self-test decides on the phone whether it is used at all.
 *
 * @example
 * const portable: ModelRuntime = { name: "table", tier: "portable", version: "1", level: 1, load: loadTableModel };
 */
export interface ModelRuntime {
  /** The format of variant that it takes. */
  readonly name: RuntimeName;
  /** `accelerator`: GPU or neural engine. `cpu`: a native library. `portable`: no native code at all. */
  readonly tier: "accelerator" | "cpu" | "portable";
  /** Version of the native library, or of the interpreter; reported. */
  readonly version: string;
  /** Highest opset (`onnx`) or format version (the others) that it runs. */
  readonly level: number;
  /** Throws `RUNTIME_UNSUPPORTED` where the platform cannot run the model. */
  load(bytes: Uint8Array, names: { readonly input: string; readonly output: string }): Promise<LoadedModel>;
}

/**
 * Small secrets of this very device, outside what backups and clones carry (a non-migrating keychain entry, the
 * Android keystore, a file in a no-backup folder). Names as {@link Storage} allows them, values of at most 1 KiB.
 */
export interface SecureStorage {
  /** The value, or null where there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /** Sets a value; durable when resolved. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes a value; one that is not there is no error. */
  remove(name: string): Promise<void>;
}

/** How the phone stands at this moment, as far as the platform tells. */
export interface Conditions {
  readonly network: "none" | "metered" | "unmetered" | "unknown";
  /** Null where the platform does not say. */
  readonly charging: boolean | null;
  readonly foreground: boolean;
}

/** A line for whoever watches: no content of events, no ids of people. */
export interface LogEntry {
  readonly level: "debug" | "warning" | "error";
  /** Where it happened: `upload`, `update`, `journal`, `predict`. */
  readonly part: string;
  /** Code of the error table where there is one. */
  readonly code?: string;
  readonly message: string;
}

/** Everything that the core takes from a platform. Adapters stand in `web`, `react-native` and the fleet. */
export interface DevicePorts {
  readonly storage: Storage;
  readonly network: Network;
  /** The device's wall clock, which may be wrong. */
  readonly clock: Clock;
  /** Milliseconds from any origin, never going back; for latencies. */
  readonly monotonic: () => number;
  readonly timer: { wait(ms: number): Promise<void> };
  /** Unpredictable bytes. */
  readonly random: (length: number) => Uint8Array;
  readonly digest: Digest;
  readonly verify: VerifySignature;
  readonly text: TextCodec;
  readonly gzip: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** In order of preference; none where the platform has none. */
  readonly runtimes: readonly ModelRuntime[];
  readonly secure: SecureStorage;
  /** Left out where the platform cannot tell: then nothing is held back for the network's or the battery's sake. */
  readonly conditions?: () => Conditions;
  /**
   * Names this installation of the app on this very device, and is kept outside of what backups and clones carry
   * (a non-migrating keychain entry, a file in a no-backup folder). Storage that was written under another
   * instance is a copy.
   */
  readonly instance: string;
  readonly log?: (entry: LogEntry) => void;
  /** For tests: called at each named point; may throw or end the process. */
  readonly crashPoint?: (point: CrashPoint) => void;
}
