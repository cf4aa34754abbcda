import type { ColumnSchema, Frame, RenamedColumn } from "@tideline/learn/frame";
import { texts } from "../lake/column-access.ts";
import type { Engine } from "../lake/index.ts";
import { identifier } from "../lake/sql-text.ts";
import { differInCase, distinctNames, renamedOf, stoodFor } from "./column-name.ts";
import { checkPages } from "./parquet/check-pages.ts";
import { damagedPages } from "./parquet/damaged-pages.ts";
import { readFooter } from "./parquet/parquet-footer.ts";
import { borrowEngine, pathLiteral, withEngine, type FileEngineOptions } from "./own-engine.ts";
import { columnOrText, relationColumn, type RelationColumn } from "./relation-column.ts";
import { describeRelation, readQuery } from "./relation-source.ts";
import { readSchemaText, SCHEMA_KEY } from "./schema-text.ts";

/** Parquet files as the engine reads them: any type and encoding. */
export interface EngineParquet {
  readonly columns: readonly RelationColumn[];
  readonly rowCount: number | undefined;
  /** Columns whose names the files give to several, or not at all. */
  readonly renamed: readonly RenamedColumn[];
  read(picked: readonly RelationColumn[], rows: number | undefined): AsyncGenerator<Frame>;
}

/**
 * Asks the engine for the columns of files; those of types that no column holds come as texts where `nested` says so. Pages are
 * compared with their checksums first, which the engine does not look at. It takes no care of damaged pages without any: they may
 * end its process.
 *
 * @throws DATA_MALFORMED, ARGUMENT_INVALID for a type that no column holds.
 */
export async function engineParquet(
  who: string,
  files: readonly string[],
  options: FileEngineOptions,
  nested?: "text",
): Promise<EngineParquet> {
  const list = `[${files.map(pathLiteral).join(", ")}]`;
  const footers = await Promise.all(files.map(readFooter));
  const written = footers[0]?.columns.map(({ name }) => name) ?? [];
  const names = ownNames(written);
  const stood = names.map((_, at) => identifier(stoodFor(at))).join(", ");
  const relation =
    names.length === 0 ? `read_parquet(${list})` : `(select * from read_parquet(${list}) as s(${stood}))`;
  const [columns, rowCount] = await withEngine(options, async (engine) => {
    const declared = (await declaredColumns(engine, list)).map((column) => {
      const at = names.indexOf(column.name);
      return at < 0 ? column : { ...column, name: stoodFor(at) };
    });
    const make = nested === "text" ? columnOrText : relationColumn;
    const described = await describeRelation(engine, relation, who, declared, make);
    const named = described.map((column, at) =>
      names[at] === undefined ? column : { ...column, schema: { ...column.schema, name: names[at] } },
    );
    return [named, await declaredRows(engine, list)] as const;
  });
  async function* read(picked: readonly RelationColumn[], rows: number | undefined): AsyncGenerator<Frame> {
    const pages = picked.flatMap((column) =>
      footers.flatMap((footer) => footer?.columns[columns.indexOf(column)]?.pages ?? []),
    );
    try {
      checkPages(pages);
    } catch (error) {
      throw damagedPages(who, error);
    }
    const { engine, release } = await borrowEngine(options);
    try {
      const query = `select ${picked.map(({ sql }) => sql).join(", ")} from ${relation} as t`;
      yield* readQuery(engine, query, picked, who, { rows });
    } finally {
      await release();
    }
  }
  return { columns, rowCount, read, renamed: renamedOf(names, written) };
}

/** The names of columns where some are equal, empty, or differ in their case alone; none where the engine gives all of them as they are. */
function ownNames(written: readonly string[]): readonly string[] {
  return differInCase(written) || written.includes("") ? distinctNames(written) : [];
}

/** Rows of the files, as their ends say. */
async function declaredRows(engine: Engine, list: string): Promise<number | undefined> {
  const query = `select sum(num_rows)::varchar as rows from parquet_file_metadata(${list})`;
  const found = await engine.columns(query).catch(() => undefined);
  const rows = Number(found === undefined ? Number.NaN : (texts(found, "rows")[0] ?? Number.NaN));
  return Number.isSafeInteger(rows) ? rows : undefined;
}

/** What the writer of the files said of their columns. */
async function declaredColumns(engine: Engine, list: string): Promise<readonly ColumnSchema[]> {
  const query = `select distinct decode(value) as text from parquet_kv_metadata(${list}) where decode(key) = '${SCHEMA_KEY}'`;
  const found = await engine.columns(query).catch(() => undefined);
  const said = found === undefined ? [] : texts(found, "text");
  return said.length === 1 ? readSchemaText(said[0]!) : [];
}
