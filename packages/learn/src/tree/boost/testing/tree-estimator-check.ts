import assert from "node:assert/strict";
import { graphBuilder, interpret, type GraphBuilder, type Value } from "@tideline/graph";
import { treeTable, type TreeRows } from "../../bin/table-rows.ts";
import { featureMatrix } from "../../model/feature-matrix.ts";
import { readEnsemble } from "../../model/stored/read-ensemble.ts";
import { writeEnsemble } from "../../model/stored/write-ensemble.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";

/** What every fitted model of trees has. */
export interface TreeModel {
  readonly seed: number;
  readonly features: number;
  readonly ensemble: TreeEnsemble;
}

/** An estimator of trees under check, with rows small enough to be fitted several times. */
export interface TreeEstimatorCase<
  Rows,
  Model extends TreeModel,
  Fit extends { readonly signal?: AbortSignal; readonly now?: () => number },
> {
  readonly name: string;
  /** The estimator with this seed, drawing something, so that seeds matter. */
  readonly estimator: (seed: number) => { fit(rows: Rows, options?: Fit): Promise<Model> };
  readonly rows: Rows;
  /** What is predicted, of numbers that float32 holds exactly: two rows or more, by names of columns. */
  readonly given: TreeRows;
  /** The first row of `given`, alone. */
  readonly alone: TreeRows;
  /** The numbers that a model gives, row after row. */
  readonly predicted: (model: Model, given: TreeRows) => ArrayLike<number>;
  /** Its graph's output, which is to give those numbers. */
  readonly lower: (g: GraphBuilder, x: Value, model: Model) => Value;
  /** Options of fits that must all give one model: kernels, threads. */
  readonly ways: readonly Fit[];
  /** Rows that must be refused, with what the message must say. */
  readonly bad: readonly { readonly rows: Rows; readonly says: RegExp }[];
}

/** One property that every estimator of trees has. */
export interface TreeEstimatorCheck {
  readonly name: string;
  run(): Promise<void>;
}

/** What float32 leaves of a sum of leaves, relative to the largest number (or 1). */
const AGREE = 1e-5;

/**
 * The checks that every estimator of trees must pass, as functions that throw: run them in any test framework.
 *
 * @example
 * for (const { name, run } of treeEstimatorChecks(boostedCase)) test(name, run);
 */
export function treeEstimatorChecks<
  Rows,
  Model extends TreeModel,
  Fit extends { readonly signal?: AbortSignal; readonly now?: () => number },
>(of: TreeEstimatorCase<Rows, Model, Fit>): readonly TreeEstimatorCheck[] {
  const { estimator, rows, given, alone, predicted } = of;
  const before = structuredClone({ rows, given });
  let first: Promise<Model> | undefined;
  const fitted = () => (first ??= estimator(1).fit(rows));
  const checks: Record<string, () => Promise<void>> = {
    "gives equal trees when fitted twice": async () => {
      assert.deepEqual((await estimator(1).fit(rows)).ensemble, (await fitted()).ensemble);
    },
    "gives equal trees whoever computes": async () => {
      for (const way of of.ways)
        assert.deepEqual((await estimator(1).fit(rows, way)).ensemble, (await fitted()).ensemble);
    },
    "changes neither rows nor what is predicted": async () => {
      predicted(await fitted(), given);
      assert.deepEqual({ rows, given }, before);
    },
    "depends on its seed": async () => {
      const other = await estimator(2).fit(rows);
      assert.equal(other.seed, 2);
      assert.notDeepEqual(other.ensemble, (await fitted()).ensemble);
    },
    "is frozen": async () => {
      const model = await fitted();
      for (const value of [model, model.ensemble, ...model.ensemble.trees, estimator(1)])
        assert.ok(Object.isFrozen(value));
    },
    "is interrupted by a signal": async () => {
      const signal = AbortSignal.abort(new Error("enough"));
      await assert.rejects(estimator(1).fit(rows, { signal } as Fit), /enough/);
    },
    "gives others their turn, and hears a signal in the middle": async () => {
      const stop = new AbortController();
      let asked = 0;
      // Each question comes a second after the last, so every pause is a turn; after the fifth a tree has been grown.
      const now = () => {
        if (++asked === 5) setTimeout(() => stop.abort(new Error("enough")), 0);
        return asked * 1000;
      };
      await assert.rejects(estimator(1).fit(rows, { signal: stop.signal, now } as Fit), /enough/);
      assert.ok(asked >= 5);
    },
    "predicts a row alone as among others": async () => {
      const [one, all] = [predicted(await fitted(), alone), predicted(await fitted(), given)];
      assert.ok(one.length > 0 && one.length < all.length);
      assert.deepEqual(Array.from(one), Array.from(all).slice(0, one.length));
    },
    "asks for the columns that it was shown": async () => {
      const model = await fitted();
      assert.equal(model.features, model.ensemble.features.length);
      assert.throws(() => predicted(model, { columns: { nobody: [1] } }), /a column/);
    },
    "predicts the same when stored and read": async () => {
      const model = await fitted();
      const read = readEnsemble(writeEnsemble(model.ensemble));
      assert.deepEqual(read, model.ensemble);
    },
    "has a graph that says what it says": async () => {
      const model = await fitted();
      const g = graphBuilder("trees");
      const x = g.input("x", "float32", ["N", model.features]);
      g.output("y", of.lower(g, x, model));
      const table = treeTable(given, model.ensemble.features);
      const values = Array.from(featureMatrix(model.ensemble, table).values);
      const found = interpret(g.build(), { x: { dims: [table.rows, model.features], values } })["y"]!.values;
      const expected = predicted(model, given);
      assert.equal(found.length, expected.length);
      const largest = Math.max(1, ...Array.from(expected, Math.abs));
      for (let at = 0; at < expected.length; at++)
        assert.ok(Math.abs(Number(found[at]) - expected[at]!) < AGREE * largest);
    },
    "says what is wrong with rows": async () => {
      for (const one of of.bad) await assert.rejects(estimator(1).fit(one.rows), { message: one.says });
    },
  };
  return Object.entries(checks).map(([property, run]) => ({ name: `${of.name} ${property}`, run }));
}
