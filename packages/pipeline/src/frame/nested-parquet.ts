import type { Frame, FrameSource } from "@tideline/learn/frame";
import { isTidelineError } from "@tideline/spec";
import { texts } from "../lake/column-access.ts";
import { identifier } from "../lake/sql-text.ts";
import { borrowEngine, pathList, withEngine } from "./own-engine.ts";
import { parquetSource } from "./parquet-source.ts";
import { relationColumn } from "./relation-column.ts";
import { describeRelation, readQuery } from "./relation-source.ts";
import { sourceOfColumns } from "./source-of-columns.ts";

/**
 * Parquet files whose columns of types that no frame holds (lists of texts, records, maps) come as the engine writes them
 * as text; others as `parquetSource` gives them.
 *
 * @throws DATA_NOT_FOUND, DATA_MALFORMED
 */
export async function nestedParquet(paths: string | readonly string[]): Promise<FrameSource> {
  try {
    return await parquetSource(paths);
  } catch (error) {
    if (!isTidelineError(error, "ARGUMENT_INVALID")) throw error;
  }
  const list = await pathList("nestedParquet", paths);
  const who = "nestedParquet";
  const relation = await withEngine({}, async (engine) => {
    const described = await engine.columns(
      `select column_name, column_type from (describe select * from read_parquet(${list}))`,
    );
    const types = texts(described, "column_type");
    const fields = texts(described, "column_name").map((name, at) =>
      isHeld(name!, types[at]!) ? identifier(name!) : `${identifier(name!)}::varchar as ${identifier(name!)}`,
    );
    return `(select ${fields.join(", ")} from read_parquet(${list}))`;
  });
  const columns = await withEngine({}, (engine) => describeRelation(engine, relation, who));
  return sourceOfColumns(columns, async function* read(picked): AsyncGenerator<Frame> {
    const { engine, release } = await borrowEngine({});
    try {
      const query = `select ${picked.map(({ sql }) => sql).join(", ")} from ${relation} as t`;
      yield* readQuery(engine, query, picked, who, {});
    } finally {
      await release();
    }
  });
}

function isHeld(name: string, type: string): boolean {
  try {
    relationColumn("nestedParquet", name, type);
    return true;
  } catch {
    return false;
  }
}
