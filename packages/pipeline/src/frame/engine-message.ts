import type { Column, ColumnSchema, RenamedColumn } from "@tideline/learn/frame";
import type { PortableError } from "../portable-error.ts";
import type { ColumnPart } from "./parquet/column-part.ts";

/** Files that an engine reads in a process of its own. */
export interface EngineFiles {
  readonly who: string;
  readonly files: readonly string[];
  readonly options: { readonly temporary: string; readonly threads?: number; readonly memory?: number };
  readonly nested: "text" | undefined;
}

/** What a process of an engine is asked, one question at a time. */
export type EngineQuestion =
  | { readonly kind: "open"; readonly files: EngineFiles }
  /** Columns by their places in the files; the answer is the first piece. */
  | { readonly kind: "read"; readonly places: readonly number[]; readonly rows: number | undefined }
  | { readonly kind: "next" };

/** A column of a piece: of texts those alone that are not yet known. */
export type SentColumn =
  | Exclude<Column, { readonly kind: "string" }>
  | (ColumnPart & { readonly codes: object });

/** What it answers. */
export type EngineAnswer =
  | { readonly kind: "fault"; readonly error: PortableError }
  | {
      readonly kind: "opened";
      readonly columns: readonly ColumnSchema[];
      readonly rowCount: number | undefined;
      readonly renamed: readonly RenamedColumn[];
    }
  | { readonly kind: "piece"; readonly columns: readonly SentColumn[] }
  | { readonly kind: "end" };
