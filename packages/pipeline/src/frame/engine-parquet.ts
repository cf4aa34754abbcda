import type { ColumnSchema, Frame } from "@tideline/learn/frame";
import { texts } from "../lake/column-access.ts";
import type { Engine } from "../lake/index.ts";
import { identifier } from "../lake/sql-text.ts";
import { differInCase, stoodFor } from "./column-case.ts";
import { readFooter } from "./parquet/parquet-footer.ts";
import { borrowEngine, pathLiteral, withEngine, type FileEngineOptions } from "./own-engine.ts";
import type { RelationColumn } from "./relation-column.ts";
import { describeRelation, readQuery } from "./relation-source.ts";
import { readSchemaText, SCHEMA_KEY } from "./schema-text.ts";

/** Parquet files as the engine reads them: any type and encoding. */
export interface EngineParquet {
  readonly columns: readonly RelationColumn[];
  readonly rowCount: number | undefined;
  read(picked: readonly RelationColumn[], rows: number | undefined): AsyncGenerator<Frame>;
}

/** Asks the engine for the columns of files. @throws DATA_MALFORMED, ARGUMENT_INVALID for a type that no column holds. */
export async function engineParquet(
  who: string,
  files: readonly string[],
  options: FileEngineOptions,
): Promise<EngineParquet> {
  const list = `[${files.map(pathLiteral).join(", ")}]`;
  const names = await namesInCase(files[0]!);
  const stood = names.map((_, at) => identifier(stoodFor(at))).join(", ");
  const relation =
    names.length === 0 ? `read_parquet(${list})` : `(select * from read_parquet(${list}) as s(${stood}))`;
  const [columns, rowCount] = await withEngine(options, async (engine) => {
    const declared = (await declaredColumns(engine, list)).map((column) => {
      const at = names.indexOf(column.name);
      return at < 0 ? column : { ...column, name: stoodFor(at) };
    });
    const described = await describeRelation(engine, relation, who, declared);
    const named = described.map((column, at) =>
      names[at] === undefined ? column : { ...column, schema: { ...column.schema, name: names[at] } },
    );
    return [named, await declaredRows(engine, list)] as const;
  });
  async function* read(picked: readonly RelationColumn[], rows: number | undefined): AsyncGenerator<Frame> {
    const { engine, release } = await borrowEngine(options);
    try {
      const query = `select ${picked.map(({ sql }) => sql).join(", ")} from ${relation} as t`;
      yield* readQuery(engine, query, picked, who, { rows });
    } finally {
      await release();
    }
  }
  return { columns, rowCount, read };
}

/** The names of columns where they differ in their case alone; none where the engine gives all of them as they are. */
async function namesInCase(file: string): Promise<readonly string[]> {
  const names = (await readFooter(file))?.columns.map(({ name }) => name) ?? [];
  return differInCase(names) && new Set(names).size === names.length && !names.includes("") ? names : [];
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
