import { randomUUID } from "node:crypto";
import { isTidelineError, messageOf, tidelineError } from "@tideline/spec";
import type { TreeCategory, TreeColumn, TreeTable } from "@tideline/learn/tree";
import { floats, identifier, texts, type Columns, type Engine } from "../lake/index.ts";
import { treeColumnSql, type TreeColumnSql } from "./tree-column-sql.ts";

/** Which columns of a relation trees get. */
export interface TreeSourceOptions {
  /** Names, in this order. Default: all of the relation. */
  readonly columns?: readonly string[];
  /** Columns of numbers or booleans that stand for categories; texts and enums are categories unasked. */
  readonly categorical?: readonly string[];
}

/** A relation that passes by in chunks, as often as needed: what `binStream` takes. */
export interface TreeSource {
  /** Reads all rows anew, about 2,048 at a time, in their order. */
  readonly chunks: () => AsyncIterable<TreeTable>;
}

const WHO = "treeSource";

/** A column as a chunk's query selects it, and what it becomes. */
interface ReadColumn {
  readonly sql: string;
  of(columns: Columns): TreeColumn;
}

/** An enum of the categories of a column: its codes are made by the engine, and no text of a row reaches JavaScript. */
async function categoricalColumn(
  engine: Engine,
  relation: string,
  { name, key, category }: Extract<TreeColumnSql, { kind: "categorical" }>,
): Promise<ReadColumn> {
  // Loaded when it is asked: a process that trains no trees keeps their code out of its memory.
  const { MOST_CATEGORIES } = await import("@tideline/learn/tree");
  const own = identifier(`tree_${randomUUID()}`);
  await engine.run(`create table ${own} as
    select distinct ${key} as key from ${relation} as t where ${key} is not null order by key limit ${MOST_CATEGORIES + 1}`);
  const keys = texts(await engine.columns(`select key from ${own} order by key`), "key");
  const categories = Object.freeze(keys.map((text): TreeCategory => category(text!)));
  const field = `column ${JSON.stringify(name)}`;
  if (categories.length > MOST_CATEGORIES) {
    const expected = `at most ${MOST_CATEGORIES} different categories`;
    const remedy = "Leave out a column of identifiers, or group its values.";
    throw tidelineError("DATA_MALFORMED", { who: WHO, field, expected, received: "more", remedy });
  }
  if (categories.some((value) => typeof value === "number" && !Number.isFinite(value)))
    throw tidelineError("DATA_MALFORMED", {
      who: WHO,
      field,
      expected: "finite categories",
      received: "an infinity",
    });
  const type = identifier(`tree_type_${randomUUID()}`);
  await engine.run(`create type ${type} as enum (select key from ${own} order by key)`);
  await engine.run(`drop table ${own}`);
  return {
    // Codes of up to 2^20 are exact in float32, the engine's own way of handing over numbers without a copy.
    sql: `coalesce(enum_code((${key})::${type})::float, -1::float)`,
    of: (columns) => ({
      kind: "categorical",
      name,
      codes: Int32Array.from(floats(columns, name)),
      categories,
    }),
  };
}

function numericColumn({ name, sql }: Extract<TreeColumnSql, { kind: "numeric" }>): ReadColumn {
  return {
    sql,
    of: (columns) => ({ kind: "numeric", name, values: columns[name] as Float32Array | Float64Array }),
  };
}

/**
 * A relation of an engine's SQL (`read_parquet('rows/*.parquet')`, a table of a snapshot, a query in parentheses) as
 * chunks of typed columns. Numbers come as float32 where that holds them, else as float64, NULL as NaN; categories as
 * codes in the order of their texts. The relation must have the same rows in the same order each time it is read.
 *
 * @throws ARGUMENT_INVALID for a column that is absent or of a type that trees cannot take; DATA_MALFORMED for more than
 *   2^20 categories and, while rows are read, for what the engine cannot read or a category that was not there before.
 * @example
 * const source = await treeSource(engine, "read_parquet('taps.parquet')", { categorical: ["hour"] });
 * const { table, extra } = await binStream(source.chunks, { extra: ["label"] });
 */
export async function treeSource(
  engine: Engine,
  relation: string,
  { columns, categorical = [] }: TreeSourceOptions = {},
): Promise<TreeSource> {
  const described = await engine.columns(
    `select column_name, column_type from (describe select * from ${relation} as t)`,
  );
  const [names, types] = [texts(described, "column_name"), texts(described, "column_type")];
  const wanted = columns ?? (names as readonly string[]);
  for (const name of [...wanted, ...categorical]) {
    if (wanted.includes(name) && names.includes(name)) continue;
    const received = JSON.stringify(name);
    throw tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field: "columns",
      expected: "names of the relation",
      received,
    });
  }
  const reads: ReadColumn[] = [];
  for (const name of wanted) {
    const sql = treeColumnSql(WHO, name, types[names.indexOf(name)]!, categorical.includes(name));
    reads.push(sql.kind === "numeric" ? numericColumn(sql) : await categoricalColumn(engine, relation, sql));
  }
  const selected = reads.map(({ sql }, at) => `${sql} as ${identifier(wanted[at]!)}`).join(", ");
  const query = `select ${selected} from ${relation} as t`;
  async function* chunks(): AsyncGenerator<TreeTable> {
    try {
      for await (const part of engine.stream(query)) {
        const own = reads.map((read) => read.of(part));
        const [first] = own;
        yield { rows: first!.kind === "numeric" ? first!.values.length : first!.codes.length, columns: own };
      }
    } catch (error) {
      if (isTidelineError(error)) throw error;
      const expected = "rows that the engine can read, with the categories that were there before";
      throw tidelineError("DATA_MALFORMED", { who: WHO, expected, received: messageOf(error), cause: error });
    }
  }
  return Object.freeze({ chunks });
}
