import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../../../catalog/testing/temporary-folder.ts";
import { openEngine } from "../../../lake/index.ts";

/** Columns of every type that is read here, with gaps, few texts, many texts, and a column of nothing. */
const ROWS = `select case when i % 7 <> 1 then i / 3.0 end::double as d, random()::double as r, case when i % 5 > 0 then i % 40 end::float as f,
  case when i % 11 > 2 then i % 100 end::tinyint as i8, (-(i % 30000))::smallint as i16, case when i % 13 > 0 then i * 7 end::int as i32, case when i > 20 then -i * 10000000000 end::bigint as i64,
  (i % 200)::utinyint as u8, case when i % 3 > 0 then i % 60000 end::usmallint as u16, i::uinteger as u32, (18446744073709551615 - i)::ubigint as u64,
  case when i % 4 > 0 then i % 2 = 0 end as b, case when i % 9 > 0 then 'ü' || (i % 23) end as s, 'a text of its own: ' || i as su, null::varchar as sn, case when i % 2 = 0 then '' end as e,
  (date '1960-01-01' + (i % 30000)::int) as day, case when i % 6 > 0 then timestamp '1965-01-01' + interval (i * 1001) microsecond end as us,
  case when i % 2 > 0 then timestamptz '2024-02-29 12:00:00+05' end as tz, (timestamp '1960-01-01' + interval (i) millisecond)::timestamp_ms as ms from range(ROWS) t(i)`;

/** Paths of files of such rows, one for each option of the engine that writes them. */
export async function writtenAs(
  rows: number,
  options: Readonly<Record<string, string>>,
  columns = "*",
): Promise<string[]> {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const engine = await openEngine({ temporary: folder });
  onTestFinished(() => engine.close());
  const paths: string[] = [];
  for (const [name, option] of Object.entries(options)) {
    paths.push(join(folder, `${name}.parquet`));
    await engine.run(
      `copy (select ${columns} from (${ROWS.replace("ROWS", String(rows))})) to '${paths.at(-1)}' (format parquet, ${option})`,
    );
  }
  return paths;
}
