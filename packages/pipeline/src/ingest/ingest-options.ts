import type { ScaledClockOptions } from "@tideline/spec";
import type { IngestLimits } from "./limits.ts";

/** What an ingest server needs; it can be sent to a thread. */
export interface IngestOptions {
  /** The owner's folder. */
  readonly folder: string;
  /** Name of the writer whose log it appends to; null, or left out, for the folder's owner, the first one. */
  readonly writer?: string | null;
  /** Fencing epoch of the owner, or of the writer: greater than that of every one before. */
  readonly epoch: number;
  /** Path of the module that exports the app's definition as `app`. */
  readonly appModule: string;
  /** Address to listen at; 127.0.0.1 when left out. */
  readonly host?: string;
  /** Port to listen at; 0 takes any. */
  readonly port: number;
  readonly writeKeys: readonly string[];
  /** The folder's key for pseudonyms. */
  readonly pseudonymKey: Uint8Array;
  /** The clock of `received_at`; null for the wall clock. */
  readonly clock: ScaledClockOptions | null;
  readonly limits?: Partial<IngestLimits>;
}
