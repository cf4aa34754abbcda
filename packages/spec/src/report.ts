/** A stage of the loop, in the order in which data travels. */
export const STAGES = [
  "collect",
  "store",
  "prepare",
  "train",
  "release",
  "predict",
  "monitor",
  "retrain",
] as const;
export type StageName = (typeof STAGES)[number];

/** How far a stage is, for a person who watches. */
export interface StageProgress {
  readonly name: StageName;
  readonly state: "waiting" | "running" | "done" | "failed";
  /** One sentence in present tense. */
  readonly detail: string;
  /** Wall seconds spent so far. */
  readonly seconds: number;
}

/** What became of the events. `recorded = stored + quarantined + pending + lost`. */
export interface EventCounts {
  /** Written to a phone's journal. */
  readonly recorded: number;
  /** Acknowledged by the server. */
  readonly accepted: number;
  /** Rows in the lake. */
  readonly stored: number;
  readonly quarantined: number;
  /** In a phone's journal and not yet acknowledged. */
  readonly pending: number;
  /** Recorded, not pending, and neither in the lake nor in the quarantine: matched by identity. */
  readonly lost: number;
  readonly duplicatesReceived: number;
  readonly duplicatesStored: number;
}

/** A release with the quality that phones measured. */
export interface ReleaseReport {
  readonly id: string;
  readonly version: number;
  /** Over the people that it was not trained on; null before any label came. */
  readonly accuracy: number | null;
  readonly macroF1: number | null;
  readonly people: number;
  readonly predictions: number;
  readonly bytes: number;
  /** Largest difference of probability between runtimes over held-out windows. */
  readonly parity: number;
  /** 95th percentile of the time that a phone took for a prediction with it. */
  readonly p95Ms: number | null;
  /** Its model table, or why there is none; reports of before there were tables lack it. */
  readonly table?: TableReport;
}

/** The model table of a release: what phones without a native runtime take. */
export type TableReport =
  | {
      readonly offered: true;
      /** Largest difference of probability between the table and ONNX Runtime over held-out windows. */
      readonly parity: number;
    }
  | { readonly offered: false; readonly reason: string };

/** Reported probabilities against a recomputation. */
export interface SkewReport {
  readonly compared: number;
  readonly maxDifference: number;
}

/** One point of the live accuracy's curve. */
export interface AccuracyPoint {
  /** Clock of the loop, milliseconds since 1970. */
  readonly at: number;
  readonly release: string;
  readonly accuracy: number;
  readonly labelled: number;
}

/** One assessment of drift. */
export interface DriftPoint {
  readonly at: number;
  readonly verdict: "waiting" | "stable" | "drifted";
  readonly people: number;
  /** Share of features over their threshold. */
  readonly fraction: number;
  /** The largest share that bootstrapped people of the reference reach. */
  readonly nullFraction: number;
}

/** The report of one turn of the loop. */
export interface LoopReport {
  readonly format: 1;
  readonly source: string;
  /** How the phones were made, and what could not be run here. */
  readonly notes: readonly string[];
  readonly stages: readonly StageProgress[];
  readonly events: EventCounts;
  readonly quarantine: Readonly<Record<string, number>>;
  readonly phones: {
    readonly count: number;
    readonly killed: number;
    readonly outages: number;
    readonly retries: number;
  };
  readonly releases: readonly ReleaseReport[];
  readonly drift: { readonly injectedAt: number | null; readonly detectedAt: number | null };
  /** Of the people who never enter any training. */
  readonly accuracy: {
    readonly before: number | null;
    readonly drifted: number | null;
    readonly after: number | null;
  };
  /** Share of predictions whose label came back, and the median delay of those labels in milliseconds. */
  readonly labels: { readonly coverage: number; readonly medianDelay: number };
  /** Predictions by where they were made. */
  readonly predictions: { readonly device: number; readonly endpoint: number; readonly rule: number };
  /** Phones' probabilities against a recomputation from the lake. */
  readonly skew: SkewReport;
  /**
   * The same of those phones that have nothing but the model table: its answers against ONNX Runtime's. Reports of
   * before there were tables lack it.
   */
  readonly tableSkew?: SkewReport & { readonly phones: number };
  readonly seconds: number;
  readonly peakMb: number;
}

/** What the page and the CLI see while the loop runs. */
export interface LoopStatus {
  readonly format: 1;
  readonly app: string;
  /** Clock of the loop. */
  readonly now: number;
  readonly speed: number;
  readonly phase: string;
  readonly stages: readonly StageProgress[];
  readonly ingest: {
    readonly accepted: number;
    readonly quarantined: number;
    readonly duplicates: number;
    readonly samples: number;
    /** Samples that phones say are missing among these; servers of before there were gaps do not tell. */
    readonly missingSamples?: number;
    /** Fields left out for lack of consent to their purpose; servers of before fields had purposes do not tell. */
    readonly withheldFields?: number;
    /** Events and samples a wall second over the last seconds, oldest first. */
    readonly rate: readonly { readonly second: number; readonly events: number; readonly samples: number }[];
  };
  readonly snapshots: readonly {
    readonly id: string;
    readonly createdAt: number;
    readonly rows: number;
    readonly files: number;
    readonly bytes: number;
  }[];
  readonly runs: readonly {
    readonly id: string;
    readonly createdAt: number;
    readonly snapshot: string;
    readonly status: string;
    readonly parameters: Readonly<Record<string, string | number>>;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
  readonly releases: readonly {
    readonly version: number;
    readonly id: string;
    readonly issuedAt: number;
    readonly run: string;
    readonly bytes: number;
    readonly parity: number;
    /** The last live accuracy, over people that it was not trained on; null before any label came. */
    readonly accuracy: number | null;
    readonly phones: number;
  }[];
  readonly accuracy: readonly AccuracyPoint[];
  readonly drift: {
    readonly injectedAt: number | null;
    readonly detectedAt: number | null;
    readonly points: readonly DriftPoint[];
  };
  /** Share of predictions whose label came back, and the median delay of those labels in milliseconds. */
  readonly labels: { readonly coverage: number; readonly medianDelay: number };
  /** The finished report, once there is one. */
  readonly report: LoopReport | null;
}
