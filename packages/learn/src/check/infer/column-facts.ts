import type { Column, ColumnKind } from "../../frame/column.ts";
import type { Tallied } from "../../profile/value-tally.ts";
import type { TextForm } from "./text-form.ts";

/** What is known of a column of a sample, from which its checks are made. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly rows: number;
  readonly missing: number;
  /** Of finite numbers and times; null where there are none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly infinite: number;
  /** Whether its numbers are whole ones. */
  readonly whole: boolean;
  /** Whether no value came twice; undefined where nobody looked, or there were too many to know. */
  readonly unique: boolean | undefined;
  /** Every value of a column of texts that has few, with its rows; undefined for others. */
  readonly values: readonly Tallied[] | undefined;
  readonly text: TextFacts | undefined;
  /** The texts that enough people have; undefined where nobody said who they are. */
  readonly shared: ReadonlySet<string> | undefined;
  /** Why it must be taken to tell who people are. */
  readonly identity: string | undefined;
  /** Rows of it drawn at random. */
  readonly sample: Column | undefined;
}

/** What is known of all texts of a column. */
export interface TextFacts {
  /** What every text reads as. */
  readonly reads: "integer" | "float" | "time" | undefined;
  /** The form that all texts have: letters that they share are told in `form`, and not in `anonymous`. */
  readonly form: TextForm | undefined;
  readonly anonymous: TextForm | undefined;
}
