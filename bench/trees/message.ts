import type { TreeSetting, TreeTask } from "./case.ts";
import type { TreeFiles } from "./data-file.ts";

/** Who trains. */
export type SideName =
  | "ours"
  | "lightgbm"
  | "lightgbm-quantised"
  | "lightgbm-sequence"
  | "sklearn"
  | "sklearn-forest";

/**
 * Where a training begins: at columns that are in memory, or at their files. Whoever can train on pieces of a file need
 * not hold all of it.
 */
export const STARTS = ["columns", "files"] as const;

/** One of {@link STARTS}. */
export type TreeStart = (typeof STARTS)[number];

/** What a side is told first: which library, on how many threads, and where the columns stand. */
export interface OpenCall {
  readonly do: "open";
  readonly side: SideName;
  readonly family: "boost" | "forest";
  readonly task: TreeTask;
  readonly classes: number;
  readonly files: TreeFiles;
  readonly from: TreeStart;
  readonly threads: number;
}

/** What a side is asked, in this order: one process trains one model, as a job would. */
export type SideCall =
  | OpenCall
  | { readonly do: "train"; readonly setting: TreeSetting; readonly seed: number }
  /** Writes float64 predictions of the held-out rows: numbers, or a probability for each class (one for two classes). */
  | { readonly do: "predict"; readonly out: string };

/** What a side answers. Memory is resident, in bytes. */
export interface SideReply {
  readonly open: {
    readonly version: string;
    /** After interpreter and imports, before the columns. */
    readonly imported: number;
    /** With the columns, where training begins at them. */
    readonly loaded: number;
  };
  readonly train: {
    /** From columns or their files to a model, by the clock. */
    readonly seconds: number;
    /** That the process's threads computed in this time. */
    readonly cpu: number;
    /** The highest since the training began. */
    readonly peak: number;
  };
  readonly predict: { readonly seconds: number };
}
