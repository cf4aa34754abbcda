import type { PlainColumn } from "../../frame/frame-of.ts";

/** Rows, and what a transform must make of them: a golden vector. Columns as `frameOf` takes them, `null` where missing. */
export interface TransformVector {
  /** For messages. */
  readonly name?: string;
  /** What the transform is made with, `columns` and `keep` among them. Default {}. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly rows: Readonly<Record<string, PlainColumn>>;
  /** The columns that it gives; others are not looked at. */
  readonly gives: Readonly<Record<string, PlainColumn>>;
  /** How far numbers may differ, of the largest one of their column. Default 1e-9, in a graph 1e-6. */
  readonly tolerance?: number;
}
