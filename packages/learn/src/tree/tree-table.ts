import type { TreeCategory } from "./tree-ensemble.ts";

/** Numbers of a column; NaN is a missing one. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/** A column of numbers, or of categories by their codes. */
export type TreeColumn =
  | { readonly kind: "numeric"; readonly name: string; readonly values: NumericArray }
  | {
      readonly kind: "categorical";
      readonly name: string;
      /** Places in `categories`; any other number, -1 before all, is missing. */
      readonly codes: Int32Array;
      /** At most 2^20. `null` among them is missing, too. */
      readonly categories: readonly TreeCategory[];
    };

/** Rows as typed columns of equal length, each name once: what trees are trained on and asked about. */
export interface TreeTable {
  readonly rows: number;
  readonly columns: readonly TreeColumn[];
}
