import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import {
  columnsOf,
  type Features,
  interpretView,
  type Scalar,
  type SourceRow,
  type SpineRow,
  sqlOfView,
  view,
} from "@tideline/spec";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  exactFeature,
  FLOATS,
  INTEGERS,
  roundedFeature,
  sourceEvent,
  STRINGS,
  TIMES,
} from "./testing/random-view.ts";

const entity = { name: "person", joinKey: "subject" };
const row = columnsOf(sourceEvent);

/** One row of the source table; integers may be beyond 2^53, as a lake's BIGINT can. */
interface TableRow extends SourceRow {
  readonly key: string;
}

const KEYS = ["ann", "zo\u00eb \u{1F600}"];
const key = fc.constantFrom(...KEYS);
const spread = fc.constantFrom(...TIMES);
const time = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 12 }) }, spread);
/** Questions are mostly after the first rows. */
const late = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 2, max: 20 }) }, spread);
const nullable = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.option(value, { freq: 6 });
const wild = fc.double({ min: -1e3, max: 1e3, noNaN: true });

const tableRow: fc.Arbitrary<TableRow> = fc
  .record({
    key,
    time,
    delay: fc.constantFrom(0, 0, 0, 1, 2, 1000, -1),
    fields: fc.record({
      f: nullable(fc.oneof(fc.constantFrom(...FLOATS), wild)),
      g: nullable(fc.oneof(fc.integer({ min: -3, max: 3 }), wild)),
      i: nullable(
        fc.oneof(
          fc.constantFrom<number | bigint>(...INTEGERS, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)),
          fc.integer(),
        ),
      ),
      b: nullable(fc.boolean()),
      s: nullable(fc.oneof(fc.constantFrom(...STRINGS), fc.string({ unit: "grapheme", maxLength: 3 }))),
      w: nullable(spread),
    }),
  })
  .map(({ key, time, delay, fields }) => ({
    key,
    time,
    knownTime: Math.max(-8.64e15, Math.min(8.64e15, time + delay)),
    fields,
  }));

/** Duplicated rows are part of life. */
const table = fc
  .tuple(fc.array(tableRow, { maxLength: 40, size: "max" }), fc.array(fc.nat(100), { maxLength: 4 }))
  .map(([rows, again]) => [...rows, ...again.flatMap((index) => rows.slice(index, index + 1))]);

const spine: fc.Arbitrary<SpineRow[]> = fc.array(
  fc.record({ key: fc.constantFrom(...KEYS, ...KEYS, ...KEYS, "nobody"), time: late }),
  { minLength: 1, maxLength: 10 },
);

type Columns = Readonly<Record<string, readonly Scalar[]>>;

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
});
afterAll(() => connection.closeSync());

async function load(rows: readonly TableRow[], questions: readonly SpineRow[]): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE sample
    (subject VARCHAR, "time" BIGINT, known_time BIGINT, f DOUBLE, g DOUBLE, i BIGINT, b BOOLEAN, s VARCHAR, w BIGINT)`);
  await connection.run(`CREATE OR REPLACE TABLE spine (subject VARCHAR, "time" BIGINT, id INTEGER)`);
  const source = await connection.createAppender("sample");
  const append = <Value>(value: unknown, put: (value: Value) => void): void =>
    value === null ? source.appendNull() : put(value as Value);
  for (const { key, time, knownTime, fields } of rows) {
    source.appendVarchar(key);
    source.appendBigInt(BigInt(time));
    source.appendBigInt(BigInt(knownTime));
    append<number>(fields["f"], (value) => source.appendDouble(value));
    append<number>(fields["g"], (value) => source.appendDouble(value));
    append<number | bigint>(fields["i"], (value) => source.appendBigInt(BigInt(value)));
    append<boolean>(fields["b"], (value) => source.appendBoolean(value));
    append<string>(fields["s"], (value) => source.appendVarchar(value));
    append<number>(fields["w"], (value) => source.appendBigInt(BigInt(value)));
    source.endRow();
  }
  source.closeSync();
  const asked = await connection.createAppender("spine");
  for (const [id, question] of questions.entries()) {
    asked.appendVarchar(question.key);
    asked.appendBigInt(BigInt(question.time));
    asked.appendInteger(id);
    asked.endRow();
  }
  asked.closeSync();
}

/** The interpreter's value and the SQL's of each feature and question. */
async function both(
  features: Features,
  rows: readonly TableRow[],
  questions: readonly SpineRow[],
): Promise<{ meaning: Columns; answer: Columns; sql: string }> {
  const definition = view("random", { entity, source: sourceEvent, features: () => features });
  await load(rows, questions);
  const sql = sqlOfView(definition, { dialect: "duckdb", source: "sample", spine: "spine" });
  const result = await connection.runAndReadAll(`SELECT * FROM (${sql}) ORDER BY id`);
  const answer = Object.fromEntries(Object.keys(features).map((name) => [name, [] as Scalar[]]));
  for (const object of result.getRowObjects()) {
    for (const [name, values] of Object.entries(answer)) {
      const value = object[name];
      values.push(typeof value === "bigint" ? Number(value) : (value as Scalar));
    }
  }
  const meaning = interpretView(
    definition,
    Map.groupBy(rows, ({ key }) => key),
    questions,
  );
  return { meaning, answer, sql };
}

/** Equal as the language means it: -0 is 0, NaN is NaN. */
function same(left: Scalar, right: Scalar): boolean {
  return left === right || (Number.isNaN(left) && Number.isNaN(right));
}

describe("interpreter and DuckDB", () => {
  it("agree exactly on everything that does not round", { timeout: 60_000 }, async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        table,
        spine,
        fc.array(exactFeature(row), { minLength: 10, maxLength: 10 }),
        async (rows, questions, expressions) => {
          const features = Object.fromEntries(expressions.map((feature, index) => [`x${index}`, feature]));
          const { meaning, answer, sql } = await both(features, rows, questions);
          for (const name of Object.keys(features)) {
            for (const [index, expected] of meaning[name]!.entries()) {
              const received = answer[name]![index]!;
              compared += 1;
              if (same(expected, received)) continue;
              throw new Error(
                `${name} of question ${index}: interpreter ${String(expected)}, SQL ${String(received)}\n` +
                  `${JSON.stringify(features[name])}\n${sql}`,
              );
            }
          }
        },
      ),
      { numRuns: 60, seed: 17, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(600);
  });

  it("agree within 1e-12 of the scale where floats are summed", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        spine,
        fc.array(roundedFeature(row), { minLength: 5, maxLength: 5 }),
        async (rows, questions, cases) => {
          const features = Object.fromEntries(
            cases.flatMap(({ feature, scale }, index) => [
              [`x${index}`, feature],
              [`scale${index}`, scale],
            ]),
          );
          const { meaning, answer } = await both(features, rows, questions);
          for (const [index, { feature }] of cases.entries()) {
            for (const [question, expected] of meaning[`x${index}`]!.entries()) {
              const received = answer[`x${index}`]![question]!;
              const allowed = 1e-12 * Number(meaning[`scale${index}`]![question]);
              if (same(expected, received) || Math.abs(Number(expected) - Number(received)) <= allowed)
                continue;
              throw new Error(
                `question ${question}: interpreter ${String(expected)}, SQL ${String(received)}, ` +
                  `allowed ${allowed}\n${JSON.stringify(feature)}`,
              );
            }
          }
        },
      ),
      { numRuns: 50, seed: 18, endOnFailure: true },
    );
  });
});
