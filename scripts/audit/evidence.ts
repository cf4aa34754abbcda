import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const NAME = "UnusableEvidence";

/** The error of evidence that cannot be audited at all; its message is for a person. */
export function unusable(sentence: string, cause?: unknown): Error {
  const error = new Error(sentence, { cause });
  error.name = NAME;
  return error;
}

/** Whether an error says that the evidence is unusable. */
export function isUnusable(error: unknown): error is Error {
  return error instanceof Error && error.name === NAME;
}

/** A field type of the app definition, as far as the lake's columns need it. */
export interface FieldShape {
  readonly kind: "string" | "int" | "float" | "boolean" | "time" | "vector" | "frame";
  readonly channels?: readonly string[];
  readonly optional?: boolean;
}

/** How a published older version becomes the next one: renames, then defaults for what is not there. */
export interface UpgradeShape {
  readonly version: number;
  readonly upgrade: {
    readonly rename?: Readonly<Record<string, string>>;
    readonly defaults?: Readonly<Record<string, unknown>>;
  };
}

/** A declared event. */
export interface EventShape {
  readonly name: string;
  readonly version: number;
  readonly purpose: string;
  readonly fields: Readonly<Record<string, FieldShape>>;
  readonly previous: readonly UpgradeShape[];
}

/** Where windows come from and how they are cut. */
export interface WindowShape {
  readonly event: string;
  readonly field: string;
  readonly session: string;
  readonly start: string;
  readonly input: readonly string[];
  readonly channels: readonly string[];
  readonly rate: number;
  readonly size: number;
  readonly hop: number;
  readonly gravity: { readonly channels: readonly string[]; readonly cutoff: number };
}

/** A declared model, as far as the audit needs it. */
export interface ModelShape {
  readonly name: string;
  readonly labels: readonly string[];
  readonly window: WindowShape;
  readonly sessionLabel: { readonly event: string; readonly session: string; readonly label: string };
  readonly predictionLabel: {
    readonly event: string;
    readonly predictionId: string;
    readonly label: string;
    readonly within: number;
  };
  readonly cohorts: {
    readonly event: string;
    readonly field: string;
    readonly train: readonly string[];
    readonly corrections: readonly string[];
    readonly control: readonly string[];
  };
}

/** The app definition, as the evidence quotes it. */
export interface AppShape {
  readonly name: string;
  readonly purposes: Readonly<Record<string, string>>;
  readonly events: Readonly<Record<string, EventShape>>;
  readonly models: readonly ModelShape[];
}

/** `evidence.json`. Times of the loop's clock in milliseconds; `startedAt` and `finishedAt` are wall time. */
export interface Evidence {
  readonly format: 1;
  readonly app: AppShape;
  readonly source: string;
  readonly clock: { readonly origin: number; readonly wallOrigin: number; readonly speed: number };
  readonly snapshot: string;
  readonly injectedAt: number | null;
  readonly startedAt: number;
  readonly finishedAt: number;
  /** What each phone counted while it sent. */
  readonly phones: readonly {
    readonly install: string;
    readonly outages: number;
    readonly retries: number;
  }[];
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly peakMb: number }[];
  readonly alerts: readonly { readonly kind: string; readonly created_at: number }[];
}

/** JSON of a file. Throws an unusable-evidence error that names the file. */
export function readJson(folder: string, name: string): unknown {
  const path = join(folder, name);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw unusable(`The evidence has no readable ${name}: ${path}.`, cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unusable(`${path} is not JSON.`, cause);
  }
}

/** Bytes of a file. Throws an unusable-evidence error that names the file. */
export function readBytes(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (cause) {
    throw unusable(`The evidence has no readable ${name}: ${join(folder, name)}.`, cause);
  }
}

/** `evidence.json`, with the fields checked without which nothing can be audited. */
export function readEvidence(folder: string): Evidence {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw unusable(`${folder} is no folder: pass the folder that --evidence wrote.`);
  }
  const evidence = readJson(folder, "evidence.json") as Partial<Evidence> | null;
  if (evidence?.format !== 1) {
    throw unusable(`evidence.json has format ${String(evidence?.format)}; this auditor reads format 1.`);
  }
  const whole =
    typeof evidence.app?.events === "object" &&
    evidence.app.models?.[0] !== undefined &&
    typeof evidence.snapshot === "string" &&
    Number.isFinite(evidence.clock?.speed) &&
    Array.isArray(evidence.processes) &&
    Array.isArray(evidence.phones) &&
    Array.isArray(evidence.alerts);
  if (!whole) {
    throw unusable("evidence.json lacks one of app, snapshot, clock, phones, processes and alerts.");
  }
  return evidence as Evidence;
}
