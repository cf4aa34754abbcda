import assert from "node:assert/strict";
import { interpret, writeOnnx, type GraphRuntime, type OnnxModel } from "@tideline/graph";
import type { Matrix } from "../../matrix.ts";
import type { NetClassifier, NetTrainingFit } from "../estimator/net-classifier.ts";

/** An estimator under check, with rows small enough to be fitted several times. */
export interface EstimatorCase<Rows, Given> {
  readonly name: string;
  /** The estimator with this seed; dropout is better left on, so that noise is checked too. */
  readonly estimator: (seed: number) => {
    fit(rows: Rows, options: NetTrainingFit<Rows>): Promise<NetClassifier<Given>>;
  };
  readonly rows: Rows;
  /** What is predicted. */
  readonly given: Given;
  /** The rows as inputs of the graph, by name. */
  readonly feeds: (
    given: Given,
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

/** Probabilities of the graph by a runtime and by the reference kernels may differ by so much: float32 against float64. */
const AGREE = 1e-5;

/**
 * The checks that every net estimator must pass, as functions that throw: run them in any test framework.
 *
 * @param runtime a fast one; the reference kernels are taken beside it.
 * @example
 * for (const { name, run } of estimatorChecks(onnxruntimeNode, mlpCase)) test(name, run);
 */
export function estimatorChecks<Rows, Given>(
  runtime: GraphRuntime,
  { name, estimator, rows, given, feeds, bad }: EstimatorCase<Rows, Given>,
): readonly EstimatorCheck[] {
  let first: Promise<NetClassifier<Given>> | undefined;
  const fitted = () => (first ??= estimator(1).fit(rows, { runtime }));
  const largest = (left: ArrayLike<number>, right: ArrayLike<number>) => {
    assert.equal(left.length, right.length);
    let most = 0;
    for (let at = 0; at < left.length; at++) most = Math.max(most, Math.abs(left[at]! - right[at]!));
    return most;
  };
  const graphOf = async (model: OnnxModel): Promise<Float32Array> => {
    const loaded = await runtime.load(writeOnnx(model));
    try {
      return (await loaded.run(feeds(given), ["probabilities"]))["probabilities"]!.values as Float32Array;
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
      const before = structuredClone({ rows, given });
      await (await estimator(1).fit(rows, { runtime })).predictProbabilities(given, runtime);
      assert.deepEqual({ rows, given }, before);
    },
    "depends on its seed": async () => {
      const other = await estimator(2).fit(rows, { runtime });
      assert.notDeepEqual(other.trained.parameters, (await fitted()).trained.parameters);
    },
    "is frozen": async () => {
      assert.ok(Object.isFrozen(await fitted()));
    },
    "gives probabilities that sum to 1, and the largest as prediction": async () => {
      const model = await fitted();
      const { values, rows: count, columns }: Matrix = await model.predictProbabilities(given, runtime);
      assert.equal(columns, model.classes.length);
      const predicted = await model.predict(given, runtime);
      for (let row = 0; row < count; row++) {
        const own = [...values.subarray(row * columns, (row + 1) * columns)];
        assert.ok(Math.abs(own.reduce((sum, value) => sum + value, 0) - 1) < AGREE);
        assert.equal(predicted[row], own.indexOf(Math.max(...own)));
      }
    },
    "has a graph that agrees with predictProbabilities and the reference kernels": async () => {
      const model = await fitted();
      const { values } = await model.predictProbabilities(given, runtime);
      assert.ok(largest(await graphOf(model.graph()), values) < AGREE);
      const exact = interpret(
        model.graph(),
        Object.fromEntries(
          Object.entries(feeds(given)).map(([input, tensor]) => [
            input,
            { dims: tensor.dims, values: Array.from(tensor.values as ArrayLike<number | bigint>, Number) },
          ]),
        ),
      );
      assert.ok(largest(exact["probabilities"]!.values, values) < AGREE);
      assert.deepEqual(JSON.parse(model.graph().metadata["classes"]!), model.classes);
    },
    "says what is wrong with rows": async () => {
      for (const one of bad)
        await assert.rejects(estimator(1).fit(one.rows, { runtime }), (error: Error) => {
          assert.match(error.message, one.says);
          return true;
        });
    },
  };
  return Object.entries(checks).map(([property, run]) => ({ name: `${name} ${property}`, run }));
}
