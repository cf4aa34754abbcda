import { readFileSync } from "node:fs";
import {
  countDistinct,
  diff,
  event,
  interpretView,
  lag,
  median,
  quantile,
  t,
  view,
  type Columns,
  type Expression,
  type SourceRow,
} from "@tideline/spec";
import { expect, test } from "vitest";
import { frameOf } from "../frame/frame-of.ts";
import { answerView } from "./answer-view.ts";
import { spineOf } from "./spine.ts";

type Numbers = readonly (number | null)[];
const { rows, answers } = JSON.parse(
  readFileSync(new URL("../../../../vectors/prepare/view/pandas.json", import.meta.url), "utf8"),
) as {
  readonly rows: {
    readonly key: readonly string[];
    readonly time: readonly number[];
    readonly x: Numbers;
    readonly level: readonly number[];
  };
  readonly answers: Readonly<Record<string, Numbers>>;
};

const sample = event("sample", { x: t.float(), level: t.int() }, { purpose: "test", retain: "1d" });

/** The feature of a name such as `x_q75_5s`. */
function featureOf(name: string, row: Columns<typeof sample>): Expression {
  const [column, what, length] = name.split("_") as ["x" | "level", string, "1s" | "5s" | "ever"];
  const options = length === "ever" ? {} : { within: length };
  const [, word, number] = /^([a-z]+)(\d*)$/u.exec(what)!;
  if (word === "q") return quantile(row[column], Number(number) / 100, options);
  if (word === "median") return median(row[column], options);
  if (word === "distinct") return countDistinct(row[column], options);
  if (word === "lag") return lag(row[column] as Expression<"float64">, Number(number), options);
  return diff(row[column] as Expression<"float64">, Number(number), options);
}

const names = Object.keys(answers);
const asked = view("asked", {
  entity: { name: "person", joinKey: "key" },
  source: sample,
  features: (row) => Object.fromEntries(names.map((name) => [name, featureOf(name, row)])),
});

test("quantiles, medians, distinct values, lags and differences are those of pandas", () => {
  const byKey = new Map<string, SourceRow[]>();
  for (const [at, key] of rows.key.entries()) {
    const fields = { x: rows.x[at], level: rows.level[at] };
    const row = { time: rows.time[at]!, knownTime: rows.time[at]!, fields };
    byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  const meant: Readonly<Record<string, readonly unknown[]>> = interpretView(
    asked,
    byKey,
    rows.key.map((key, at) => ({ key, time: rows.time[at]! })),
  );
  expect(names.length).toBe(32);
  for (const name of names) near(name, meant[name] as Numbers);
});

test("and so over columns", () => {
  const source = frameOf({
    key: rows.key,
    time: { kind: "time", name: "time", values: Float64Array.from(rows.time, (time) => time * 1000) },
    x: Float64Array.from(rows.x, (value) => value ?? Number.NaN),
    level: Int32Array.from(rows.level),
  });
  const answered = answerView(asked, { source, spine: spineOf(source, { key: "key", time: "time" }) });
  for (const name of names) {
    const column = answered.columns.find((one) => one.name === name)!;
    if (column.kind !== "float" && column.kind !== "integer") throw new Error(column.kind);
    const validity = column.kind === "integer" ? column.validity : undefined;
    const values = Array.from(column.values as Float64Array, (value, row) =>
      Number.isNaN(value) || (validity !== undefined && !((validity[row >> 3]! >> (row & 7)) & 1))
        ? null
        : Number(value),
    );
    near(name, values);
  }
});

/** To the last digits: pandas interpolates by another formula. */
function near(name: string, values: Numbers): void {
  for (const [row, wanted] of answers[name]!.entries()) {
    const value = values[row]!;
    const same =
      wanted === null || value === null ? value === wanted : Math.abs(value - wanted) <= 1e-12 * 100;
    if (!same) throw new Error(`${name} of row ${row}: pandas ${wanted}, view ${value}`);
  }
}
