/** Time of an operator, of all nodes that are one. */
export interface OperatorTime {
  readonly op: string;
  /** Where it ran, as the runtime names it: an execution provider, a delegate. */
  readonly provider: string;
  readonly nodes: number;
  /** Microseconds of a call: the medians of its nodes over the profiled calls, added up. */
  readonly us: number;
}

/** Resident memory in bytes. */
export interface MemoryReading {
  /** Before the runtime was loaded. */
  readonly before: number;
  /** At its highest, the runtime, the model and all runs included. */
  readonly peak: number;
}

/** The sustained run. */
export interface SustainedRun {
  readonly seconds: number;
  readonly runs: number;
  /** Calls a second of each tenth of the time, while calls ran. */
  readonly rates: readonly number[];
  /** Rate of the last tenth over that of the first: below 1 it slowed, as a processor that throttles does. */
  readonly lastOverFirst: number;
}

/** Cold loads of a case, each in a process of its own. */
export interface ColdLoads {
  readonly processes: number;
  /** Milliseconds of the shortest and the longest. */
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Times of a case; milliseconds unless said otherwise. */
export interface CaseTimes {
  /** Where it was loaded in several processes: `coldMs`, `startMs` and `loadMs` are those of the middle one, `firstMs` the median. */
  readonly cold?: ColdLoads;
  /** From nothing to a model that can run: {@link startMs} and {@link loadMs}. */
  readonly coldMs: number;
  /** Loading the runtime itself. */
  readonly startMs: number;
  /** Loading the model. */
  readonly loadMs: number;
  /** The first call. */
  readonly firstMs: number;
  readonly runs: number;
  /** Calls that are timed together, since the clock's step is coarse against one: percentiles are of their means then. */
  readonly group: number;
  /** Step of the clock. */
  readonly clockMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly leastMs: number;
  readonly meanMs: number;
  readonly sustained: SustainedRun | null;
}

/** What comes before a case's timed calls. */
export type CaseLoad = Pick<CaseTimes, "startMs" | "loadMs" | "firstMs">;

/** How far a case's answers were from those of the vectors, in spreads of their outputs. */
export interface CaseCheck {
  readonly rows: number;
  /** Rows that are out of the bound. */
  readonly wrong: number;
  /** `null` where an answer is no number. */
  readonly most: number | null;
  readonly rms: number | null;
  /** Timed calls whose answers were held against the checked ones. */
  readonly timed: number;
}

/** Letters of a reason at most: a report with a longer one is refused. */
export const REASON_LETTERS = 2000;

/** A file on a runtime: measured, or why not. A wrong answer has no time. */
export interface CaseReport {
  readonly artifact: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly runtime: string;
  /** Version of the runtime, as it says itself. */
  readonly version: string;
  readonly state: "timed" | "wrong" | "failed";
  /** Why there is no time. */
  readonly reason: string | null;
  readonly times: CaseTimes | null;
  readonly check: CaseCheck | null;
  readonly memory: MemoryReading | null;
  /** Why memory is not known. */
  readonly memoryReason: string | null;
  readonly operators: readonly OperatorTime[] | null;
  /** Why there are no times of operators. */
  readonly operatorReason: string | null;
  /** Whether nothing else had run in its process. */
  readonly fresh: boolean;
}

/** What a device says of itself around a run; `null` where nothing there says it. */
export interface DeviceConditions {
  /** 0 to 1. */
  readonly batteryLevel: number | null;
  readonly charging: boolean | null;
  readonly lowPower: boolean | null;
  /** As the system names it. */
  readonly thermal: string | null;
}

/** Where a report was measured. */
export interface BenchmarkDevice {
  readonly kind: "machine" | "browser" | "phone" | "simulator" | "engine";
  /** Model of the machine or phone, or what the browser calls itself. */
  readonly name: string;
  readonly system: string;
  readonly processor: string | null;
  readonly cores: number | null;
  readonly memoryBytes: number | null;
}

/** What one device measured. */
export interface BenchmarkReport {
  readonly format: 1;
  readonly kind: "benchmark-report";
  /** Of the run that made it: the same report may be handed in twice. */
  readonly id: string;
  /** SHA-256 of the plan as it was served. */
  readonly plan: string;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  readonly device: BenchmarkDevice;
  readonly before: DeviceConditions;
  readonly after: DeviceConditions;
  readonly cases: readonly CaseReport[];
}

/** Conditions of a device that says nothing. */
export const NO_CONDITIONS: DeviceConditions = Object.freeze({
  batteryLevel: null,
  charging: null,
  lowPower: null,
  thermal: null,
});
