import { MOST_TEXTS, type ColumnSchema } from "@tideline/learn/frame";
import { readSchemaText, SCHEMA_KEY } from "../schema-text.ts";
import type { ColumnPlan } from "./column-part.ts";
import { readFooter, type ParquetFooter } from "./parquet-footer.ts";
import { kindOfType } from "./parquet-type.ts";

/** A column that is read here. */
export interface PlannedColumn {
  readonly schema: ColumnSchema;
  readonly plan: ColumnPlan;
}

/** What the ends of files say. */
export interface ParquetPlan {
  readonly rows: number;
  /** Columns in the order of the files; those that the engine must read are undefined. */
  readonly columns: readonly (PlannedColumn | undefined)[];
}

/** A folder of a path that says what the value of a column is, as the engine reads it. */
const PARTITION = /(?:^|[/\\])[^/\\=]+=[^/\\]*[/\\]/u;

/** How files are read here; undefined where the engine must read all of them. */
export async function planFiles(files: readonly string[]): Promise<ParquetPlan | undefined> {
  if (files.some((file) => PARTITION.test(file))) return undefined;
  const footers: ParquetFooter[] = [];
  for (const file of files) {
    const footer = await readFooter(file);
    if (footer === undefined || !isAlike(footers[0] ?? footer, footer)) return undefined;
    footers.push(footer);
  }
  const [first] = footers;
  const names = new Set(first!.columns.map(({ name }) => name));
  // The engine gives equal and empty names other ones.
  if (names.size < first!.columns.length || names.size === 0 || names.has("")) return undefined;
  const declared = declaredColumns(footers);
  return {
    rows: footers.reduce((sum, { rows }) => sum + rows, 0),
    columns: first!.columns.map(({ name, type }, at) => {
      if (type === undefined) return undefined;
      const unit = declared.find((one) => one.name === name)?.unit;
      const schema = Object.freeze({ name, kind: kindOfType(type), ...(unit === undefined ? {} : { unit }) });
      return {
        schema,
        plan: {
          name,
          type,
          chunks: footers.flatMap(({ columns }) => columns[at]!.chunks),
          mostTexts: MOST_TEXTS,
        },
      };
    }),
  };
}

/** What the writers of files said of their columns, where they say the same. */
function declaredColumns(footers: readonly ParquetFooter[]): readonly ColumnSchema[] {
  const said = new Set(
    footers.flatMap(({ texts }) => texts.filter(([key]) => key === SCHEMA_KEY).map(([, text]) => text)),
  );
  return said.size === 1 ? readSchemaText([...said][0]!) : [];
}

function isAlike(one: ParquetFooter, other: ParquetFooter): boolean {
  return (
    one.columns.length === other.columns.length &&
    one.columns.every(
      ({ name, type }, at) => name === other.columns[at]!.name && type === other.columns[at]!.type,
    )
  );
}
