import assert from "node:assert/strict";
import { interpret, writeOnnx, type GraphRuntime, type OnnxModel } from "@tideline/graph";
import type { NetClassifier, NetTrainingFit } from "../estimator/net-classifier.ts";
import { classifies, type EstimatorTrait, type FittedModel } from "./estimator-trait.ts";

/** An estimator under check, with rows small enough to be fitted several times. */
export interface EstimatorCase<Rows, Given, Model extends FittedModel = NetClassifier<Given>> {
  readonly name: string;
  /** The estimator with this seed; dropout is better left on, so that noise is checked too. */
  readonly estimator: (seed: number) => { fit(rows: Rows, options: NetTrainingFit<Rows>): Promise<Model> };
  /** What its models do: `classifies()`, `regresses()`, `ranks()`, or a trait of your own. Default `classifies()`. */
  readonly trait?: EstimatorTrait<Given, Model>;
  readonly rows: Rows;
  /** What is predicted: two rows or more. */
  readonly given: Given;
  /** The first row of `given`, alone: rows must not change one another's prediction. */
  readonly alone: Given;
  /** The rows as inputs of the graph, by name. */
  readonly feeds: (
    given: Given,
    model: Model,
  ) => Readonly<
    Record<string, { readonly dims: readonly number[]; readonly values: Float32Array | BigInt64Array }>
  >;
  /** Rows that must be refused, with what the message must say. */
  readonly bad: readonly { readonly rows: Rows; readonly says: RegExp }[];
}

/** One property that every net estimator has. */
export interface EstimatorCheck {
  readonly name: string;
  run(): Promise<void>;
}

/** What a graph says by a runtime and by the reference kernels may differ by so much, relative to the largest number. */
const AGREE = 1e-5;

/** The largest difference of two lists, relative to the largest number of the second (or 1). */
function apart(left: ArrayLike<number>, right: ArrayLike<number>): number {
  assert.equal(left.length, right.length);
  let [most, largest] = [0, 1];
  for (let at = 0; at < left.length; at++) {
    assert.ok(Number.isFinite(left[at]), `number ${at} is ${left[at]}`);
    most = Math.max(most, Math.abs(left[at]! - right[at]!));
    largest = Math.max(largest, Math.abs(right[at]!));
  }
  return most / largest;
}

/**
 * The checks that every net estimator must pass, as functions that throw: run them in any test framework. They hold for
 * rows of any kind, because the case says how rows become inputs of the graph; what models do is its trait.
 *
 * @param runtime a fast one; the reference kernels are taken beside it.
 * @example
 * const checks = estimatorChecks(onnxruntimeNode, {
 *   name: "mine",
 *   estimator: (seed) => mine({ epochs: 2, seed }),
 *   trait: classifies(),
 *   rows: { X, y, classes: ["a", "b"] },
 *   given: X,
 *   alone: selectRows(X, [0]),
 *   feeds: (given) => ({ x: { dims: [given.rows, given.columns], values: Float32Array.from(given.values) } }),
 *   bad: [{ rows: { X, y: y.slice(1), classes: ["a", "b"] }, says: /y: expected/ }],
 * });
 * for (const { name, run } of checks) test(name, run);
 */
export function estimatorChecks<Rows, Given, Model extends FittedModel = NetClassifier<Given>>(
  runtime: GraphRuntime,
  { name, estimator, trait: own, rows, given, alone, feeds, bad }: EstimatorCase<Rows, Given, Model>,
): readonly EstimatorCheck[] {
  const trait = own ?? (classifies<Given>() as unknown as EstimatorTrait<Given, Model>);
  // Before any fit: whichever check runs first.
  const before = structuredClone({ rows, given });
  let first: Promise<Model> | undefined;
  const fitted = () => (first ??= estimator(1).fit(rows, { runtime }));
  let other: Promise<Model> | undefined;
  const short = () => (other ??= estimator(2).fit(rows, { runtime, onEpoch: () => "stop" }));
  const run = async (graph: OnnxModel, inputs: ReturnType<typeof feeds>): Promise<ArrayLike<number>> => {
    const loaded = await runtime.load(writeOnnx(graph), { threads: 1 });
    try {
      return (await loaded.run(inputs, [trait.output]))[trait.output]!.values as Float32Array;
    } finally {
      await loaded.release();
    }
  };
  const checks: Record<string, () => Promise<void>> = {
    "gives equal bits when fitted twice": async () => {
      const [one, two] = [await fitted(), await estimator(1).fit(rows, { runtime })];
      assert.deepEqual(two.trained.parameters, one.trained.parameters);
      assert.deepEqual(two.trained.curves, one.trained.curves);
      assert.deepEqual(writeOnnx(two.graph()), writeOnnx(one.graph()));
    },
    "changes neither rows nor what is predicted": async () => {
      await trait.predicted(await fitted(), given, runtime);
      assert.deepEqual({ rows, given }, before);
    },
    "depends on its seed": async () => {
      const model = await short();
      assert.equal(model.seed, 2);
      assert.notEqual(model.trained.curves[0]!.loss, (await fitted()).trained.curves[0]!.loss);
    },
    "is frozen": async () => {
      const model = await fitted();
      assert.ok(Object.isFrozen(model) && Object.isFrozen(model.trained) && Object.isFrozen(estimator(1)));
    },
    "sees validation rows after each epoch, and learns nothing from them": async () => {
      const watched = await estimator(1).fit(rows, { runtime, validation: rows });
      for (const { validationLoss } of watched.trained.curves) assert.ok(Number.isFinite(validationLoss));
      assert.deepEqual(watched.trained.parameters, (await fitted()).trained.parameters);
    },
    "ends after an epoch when told": async () => {
      const { trained } = await short();
      assert.equal(trained.curves.length, 1);
      assert.equal(trained.ended, "stopped");
    },
    "is interrupted by a signal": async () => {
      const signal = AbortSignal.abort(new Error("enough"));
      await assert.rejects(estimator(1).fit(rows, { runtime, signal }), /enough/);
    },
    "has a graph that agrees with its predictions and the reference kernels": async () => {
      const model = await fitted();
      const predicted = await trait.predicted(model, given, runtime);
      const inputs = feeds(given, model);
      assert.ok(apart(await run(model.graph(), inputs), predicted) < AGREE);
      const numbers = Object.entries(inputs).map(([input, { dims, values }]) => [
        input,
        { dims, values: Array.from(values as ArrayLike<number | bigint>, Number) },
      ]);
      const exact = interpret(model.graph(), Object.fromEntries(numbers));
      assert.ok(apart(exact[trait.output]!.values, predicted) < AGREE);
    },
    "predicts a row alone as among others": async () => {
      const model = await fitted();
      const one = await trait.predicted(model, alone, runtime);
      const all = await trait.predicted(model, given, runtime);
      assert.ok(one.length > 0 && one.length < all.length);
      assert.ok(apart(one, Array.from(all).slice(0, one.length)) < AGREE);
    },
    "says what is wrong with rows": async () => {
      for (const one of bad)
        await assert.rejects(estimator(1).fit(one.rows, { runtime }), (error: Error) => {
          assert.match(error.message, one.says);
          return true;
        });
    },
  };
  for (const [property, check] of Object.entries(trait.more))
    checks[property] = async () => check(await fitted(), given, runtime);
  return Object.entries(checks).map(([property, check]) => ({ name: `${name} ${property}`, run: check }));
}
