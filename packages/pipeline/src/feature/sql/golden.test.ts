import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import {
  asOf,
  count,
  countDistinct,
  divide,
  eq,
  event,
  hourOfDay,
  interpretView,
  isTidelineError,
  last,
  multiply,
  recency,
  sqlOfView,
  sum,
  t,
  view,
} from "@tideline/spec";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const tap = event("tap", { target: t.string(), size: t.int() }, { purpose: "analytics", retain: "90d" });
const entity = { name: "person", joinKey: "subject" };
const engagement = view("engagement", {
  entity,
  source: tap,
  features: (row) => ({
    taps_10m: count({ within: "10m" }),
    seconds_since_play: recency({ where: eq(row.target, "play") }),
    area_10m: sum(multiply(row.size, row.size), { within: "10m" }),
    share_1h: divide(count({ within: "10m" }), count({ within: "1h" })),
  }),
});

const TEXT = `WITH tl_q AS (
  SELECT DISTINCT "subject" AS k, CAST("time" AS BIGINT) AS t
  FROM "windows"
),
tl_e AS (
  SELECT "subject" AS k,
    CAST("time" AS BIGINT) AS e,
    CAST("known_time" AS BIGINT) AS n,
    CASE WHEN "size" BETWEEN -9007199254740991 AND 9007199254740991 THEN CAST("size" AS BIGINT) END AS c1,
    CAST("target" AS VARCHAR) AS c2
  FROM "tap"
),
tl_e_1 AS (
  SELECT *, (c2 = 'play') AS x1,
    (CAST(c1 AS HUGEINT) * c1) AS x2
  FROM tl_e
),
tl_e_2 AS (
  SELECT *, CASE WHEN x2 BETWEEN -9007199254740991 AND 9007199254740991 THEN CAST(x2 AS BIGINT) END AS x3
  FROM tl_e_1
),
tl_a AS (
  SELECT q.k,
    q.t,
    count(e.e) FILTER (WHERE e.e > q.t - 600000) AS a1,
    max(e.e) FILTER (WHERE e.x1) AS a2,
    sum(e.x3) FILTER (WHERE e.e > q.t - 600000) AS a3,
    count(e.e) FILTER (WHERE e.e > q.t - 3600000) AS a4
  FROM tl_q AS q
  LEFT JOIN tl_e_2 AS e
    ON e.k = q.k AND e.e <= q.t AND e.n <= q.t
  GROUP BY q.k, q.t
),
tl_a_1 AS (
  SELECT *, (CAST(t - a2 AS DOUBLE) / 1000e0) AS y1,
    CASE WHEN a3 BETWEEN -9007199254740991 AND 9007199254740991 THEN CAST(a3 AS BIGINT) END AS y2,
    CAST(a4 AS DOUBLE) AS y3
  FROM tl_a
),
tl_a_2 AS (
  SELECT *, (CAST(a1 AS DOUBLE) / CASE WHEN y3 <> 0 THEN y3 END) AS y4
  FROM tl_a_1
)
SELECT s.*,
  f.a1 AS "taps_10m",
  f.y1 AS "seconds_since_play",
  f.y2 AS "area_10m",
  f.y4 AS "share_1h"
FROM "windows" AS s
LEFT JOIN tl_a_2 AS f
  ON f.k IS NOT DISTINCT FROM s."subject" AND f.t IS NOT DISTINCT FROM CAST(s."time" AS BIGINT)
`;

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
});
afterAll(() => connection.closeSync());
beforeEach(async () => {
  await connection.run(`
    CREATE OR REPLACE TABLE tap (subject VARCHAR, "time" BIGINT, known_time BIGINT, target VARCHAR, size BIGINT);
    INSERT INTO tap VALUES
      ('ann', 0, 0, 'play', 3), ('ann', 600000, 600000, 'stop', 4), ('ann', 600001, 700000, 'it''s', NULL);
    CREATE OR REPLACE TABLE windows (id INTEGER, subject VARCHAR, "time" BIGINT, label VARCHAR);
    INSERT INTO windows VALUES (1, 'ann', 599999, 'walk'), (2, 'ann', 600000, 'sit'), (3, 'ann', 700000, 'sit'),
      (4, 'bob', 700000, 'sit'), (5, NULL, 0, 'sit'), (6, 'ann', NULL, 'sit'), (7, 'ann', 700000, 'walk')`);
});

async function rowsOf(sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][];
}

describe("sqlOfView", () => {
  it("writes this text, and DuckDB answers it", async () => {
    const sql = sqlOfView(engagement, { dialect: "duckdb", source: "tap", spine: "windows" });
    expect(sql).toBe(TEXT);
    expect(await rowsOf(`SELECT * EXCLUDE (subject, "time") FROM (${sql}) ORDER BY id`)).toEqual([
      // The lower end is open: the tap at 0 leaves the ten minutes exactly at 600000; the upper end is closed.
      [1, "walk", "1", 599.999, "9", 1],
      [2, "sit", "1", 600, "16", 0.5],
      // The row of 600001 counts from 700000 on, when it became known.
      [3, "sit", "2", 700, "16", 2 / 3],
      [4, "sit", "0", null, null, null],
      [5, "sit", "0", null, null, null],
      [6, "sit", "0", null, null, null],
      [7, "walk", "2", 700, "16", 2 / 3],
    ]);
  });

  it("quotes every name and literal, and steps aside for relations with names like its own", async () => {
    const odd = event(
      "odd",
      { ['a"b; DROP TABLE tap; --']: t.string() },
      { purpose: "analytics", retain: "1d" },
    );
    const field = 'a"b; DROP TABLE tap; --';
    const nasty = view("nasty", {
      entity: { name: "person", joinKey: 'sub"ject' },
      source: odd,
      features: (row) => ({
        hits: count({ where: eq(row[field], "'; DROP TABLE tap; --") }),
        distinct: countDistinct(row[field]),
        latest: last(row[field], { where: eq(row[field], "\\'") }),
      }),
    });
    await connection.run(`CREATE OR REPLACE SCHEMA "s.p""q";
      CREATE TABLE "s.p""q"."tl_e" ("sub""ject" VARCHAR, "e""t" BIGINT, kt BIGINT, "a""b; DROP TABLE tap; --" VARCHAR);
      INSERT INTO "s.p""q"."tl_e" VALUES ('ann', 1, 1, '''; DROP TABLE tap; --'), ('ann', 2, 2, '\\''');
      CREATE OR REPLACE TABLE tl_q ("sub""ject" VARCHAR, "as of" BIGINT);
      INSERT INTO tl_q VALUES ('ann', 5)`);
    const sql = sqlOfView(nasty, {
      dialect: "duckdb",
      source: ['s.p"q', "tl_e"],
      spine: "tl_q",
      time: 'e"t',
      knownTime: "kt",
      spineTime: "as of",
    });
    expect(await rowsOf(sql)).toEqual([["ann", "5", "1", "2", "\\'"]]);
    expect(await rowsOf("SELECT count(*) FROM tap")).toEqual([["3"]]);
    await connection.run(`DROP SCHEMA "s.p""q" CASCADE`);
  });

  it("needs no aggregate: the clock alone is a feature", async () => {
    const clock = view("clock", { entity, source: tap, features: () => ({ hour: hourOfDay(asOf()) }) });
    const sql = sqlOfView(clock, { dialect: "duckdb", source: "tap", spine: "windows" });
    await connection.run("INSERT INTO windows VALUES (8, 'bob', -1, '')");
    expect(await rowsOf(`SELECT hour FROM (${sql}) WHERE id IN (1, 8) ORDER BY id`)).toEqual([["0"], ["23"]]);
  });

  it("refuses a name that SQL cannot hold", () => {
    for (const source of ["", "a\0b"]) {
      expect(() => sqlOfView(engagement, { dialect: "duckdb", source, spine: "windows" })).toThrow(
        expect.toSatisfy((error) => isTidelineError(error, "FEATURE_ILLEGAL")),
      );
    }
  });

  it("stays linear in the depth of guarded arithmetic", async () => {
    const deep = view("deep", {
      entity,
      source: tap,
      features: (row) => {
        let value = multiply(row.size, row.size);
        for (let depth = 0; depth < 40; depth += 1) value = multiply(value, 1);
        return { deep: sum(value) };
      },
    });
    const sql = sqlOfView(deep, { dialect: "duckdb", source: "tap", spine: "windows" });
    expect(sql.length).toBeLessThan(20_000);
    expect(await rowsOf(`SELECT deep FROM (${sql}) WHERE id = 3`)).toEqual([["25"]]);
    const rows = [3, 4].map((size, index) => ({ time: index, knownTime: index, fields: { size } }));
    expect(interpretView(deep, new Map([["ann", rows]]), [{ key: "ann", time: 9 }])).toEqual({ deep: [25] });
  });

  it("sums into null beyond safe integers and beyond float64, whatever the way there", async () => {
    await connection.run(`INSERT INTO tap SELECT 'max', 1, 1, NULL, 9007199254740991 FROM range(3);
      INSERT INTO tap SELECT 'back', 1, 1, NULL, unnest([9007199254740991, 9007199254740991, -9007199254740991]);
      INSERT INTO windows VALUES (8, 'max', 5, ''), (9, 'back', 5, '')`);
    const total = view("total", { entity, source: tap, features: (row) => ({ total: sum(row.size) }) });
    const sql = sqlOfView(total, { dialect: "duckdb", source: "tap", spine: "windows" });
    expect(await rowsOf(`SELECT total FROM (${sql}) WHERE id >= 8 ORDER BY id`)).toEqual([
      [null],
      ["9007199254740991"],
    ]);
  });
});
