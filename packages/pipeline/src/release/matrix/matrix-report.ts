import type { KindReport } from "./compare-answer.ts";
import type { ArtifactFormat, ArtifactNumbers, ArtifactReason } from "./model-artifact.ts";

/**
 * A bound of a tree that decided otherwise on another runtime, and how near rows were to it: the graph itself gives that runtime's answer once
 * these features are moved over it.
 */
export interface TracedBound {
  /** Column of what the trees read. */
  readonly feature: number;
  readonly threshold: number;
  /** Numbers of float32 between, at most over these rows. */
  readonly ulps: number;
  readonly rows: number;
}

/** What an artifact did on a runtime. Figures only: no row and nothing of a row but what the graph itself holds. */
export interface ParityCell {
  readonly artifact: string;
  readonly runtime: string;
  readonly sha256: string;
  readonly heldOut: {
    readonly rows: number;
    /** Rows on which the graph has no answer that is a number. */
    readonly unanswered: number;
    /** Rows whose larger differences, in outputs beside the answer, the graph's own rounding explains: numbers that cancel. */
    readonly cancelled: number;
    /** Largest difference of the answer from the reference's: absolute of probabilities, of its scale for numbers. */
    readonly difference: number;
    /** The same of all other outputs, of their scales. */
    readonly feature: number;
    /** Share of rows with the reference's decision. */
    readonly agreement: number;
    /** Root mean square of the answer's differences, as they are. */
    readonly error: number;
    /** Root mean square of an output's differences over its standard deviation: the largest of the outputs. */
    readonly deviation: number;
    /** Accuracy, or root mean square error; null without labels. */
    readonly metric: number | null;
    /** Against the reference's; null without labels. */
    readonly metricDifference: number | null;
  };
  readonly adversarial: {
    readonly rows: number;
    /** Over rows that are stable, and on which the graph has an answer. */
    readonly difference: number;
    readonly feature: number;
    readonly agreement: number;
    /** Rows whose larger difference is that of the graph itself when its inputs move by a last bit. */
    readonly unstable: number;
    readonly byKind: readonly KindReport[];
  };
  /** Larger differences of trees, each traced to a bound. */
  readonly traced: readonly TracedBound[];
  /** Larger differences that no such move explains. */
  readonly untraced: number;
  /** Milliseconds on this machine; percentiles are of one row at a time. */
  readonly loadMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Why the gate does not let it pass; empty where it does. */
  readonly faults: readonly string[];
}

/** An artifact of a matrix. */
export interface MatrixArtifact {
  readonly kind: string;
  readonly format: ArtifactFormat;
  readonly numbers: ArtifactNumbers;
  readonly sha256: string;
  readonly bytes: number;
  readonly oldest: string;
  /** Runtimes that ran it; none where there is none here. */
  readonly runtimes: readonly string[];
}

/** Artifacts against runtimes. Plain data: it is kept with the release. */
export interface ParityMatrix {
  readonly format: 1;
  /** Hexadecimal SHA-256 of the graph that everything is held against. */
  readonly graph: string;
  /** What answers were held against. */
  readonly reference: { readonly artifact: string; readonly runtime: string };
  readonly answer: { readonly output: string; readonly kind: string };
  /** Name of the metric; null without labels. */
  readonly metric: "accuracy" | "rmse" | null;
  readonly rows: { readonly heldOut: number; readonly adversarial: number };
  /** Whether the graph has trees, whose larger differences must be traced. */
  readonly trees: boolean;
  readonly artifacts: readonly MatrixArtifact[];
  readonly missing: readonly { readonly kind: string; readonly reasons: readonly ArtifactReason[] }[];
  readonly cells: readonly ParityCell[];
}
