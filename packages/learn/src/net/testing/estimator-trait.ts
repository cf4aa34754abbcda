import assert from "node:assert/strict";
import type { GraphRuntime, OnnxModel } from "@tideline/graph";
import type { NetClassifier } from "../estimator/net-classifier.ts";
import type { NetRegressor } from "../estimator/net-regressor.ts";
import type { Recommendations } from "../estimator/recommendation.ts";
import type { FittedNet } from "../train/fitted-net.ts";

/** What every fitted net is. */
export interface FittedModel {
  readonly seed: number;
  readonly trained: FittedNet;
  graph(): OnnxModel;
}

/** What models of a kind do, and what else must hold of them. */
export interface EstimatorTrait<Given, Model extends FittedModel> {
  /** The output of the graph that holds the predictions. */
  readonly output: string;
  /** The numbers of that output, as the model gives them. */
  predicted(model: Model, given: Given, runtime: GraphRuntime): Promise<ArrayLike<number>>;
  /** Further properties, as functions that throw. */
  readonly more: Readonly<
    Record<string, (model: Model, given: Given, runtime: GraphRuntime) => Promise<void>>
  >;
}

/** Probabilities of a row may miss 1 by so much. */
const SUM = 1e-5;

/** Models that give each class a probability. */
export function classifies<
  Given,
  Model extends NetClassifier<Given> = NetClassifier<Given>,
>(): EstimatorTrait<Given, Model> {
  return {
    output: "probabilities",
    predicted: async (model, given, runtime) => (await model.predictProbabilities(given, runtime)).values,
    more: {
      "gives probabilities that sum to 1, and the largest as prediction": async (model, given, runtime) => {
        const { values, rows, columns } = await model.predictProbabilities(given, runtime);
        assert.equal(columns, model.classes.length);
        const predicted = await model.predict(given, runtime);
        for (let row = 0; row < rows; row++) {
          const own = [...values.subarray(row * columns, (row + 1) * columns)];
          assert.ok(Math.abs(own.reduce((sum, value) => sum + value, 0) - 1) < SUM);
          assert.equal(predicted[row], own.indexOf(Math.max(...own)));
        }
      },
      "names its classes in the graph's metadata": async (model) => {
        assert.deepEqual(JSON.parse(model.graph().metadata["classes"]!), model.classes);
      },
    },
  };
}

/** Models that give each row a number. */
export function regresses<Given, Model extends NetRegressor<Given> = NetRegressor<Given>>(): EstimatorTrait<
  Given,
  Model
> {
  return {
    output: "prediction",
    predicted: (model, given, runtime) => model.predict(given, runtime),
    more: {
      "predicts in the unit of the targets": async (model, given, runtime) => {
        // A net that has learnt anything stays within a few deviations of what it was shown.
        const { mean, deviation } = model.target;
        const predicted = await model.predict(given, runtime);
        for (const value of predicted) assert.ok(Math.abs(value - mean) < 10 * deviation);
      },
    },
  };
}

/** A model that recommends. */
export interface RankingModel<Given> extends FittedModel {
  readonly catalogue: { readonly ids: readonly string[] };
  /** Outputs "items" and "scores" [N, k]. */
  graph(k?: number): OnnxModel;
  recommend(
    given: Given,
    k: number,
    runtime: GraphRuntime,
    options?: { readonly exclude?: readonly Iterable<string>[] },
  ): Promise<Recommendations>;
}

/** Models that recommend; the graph is that of ten items. */
export function ranks<
  Given extends { readonly ids: readonly string[] },
  Model extends RankingModel<Given>,
>(): EstimatorTrait<Given, Model> {
  return {
    output: "scores",
    predicted: async (model, given, runtime) => (await model.recommend(given, 10, runtime)).scores.flat(),
    more: {
      "recommends items of its catalogue once each, the best first": async (model, given, runtime) => {
        const { items, scores } = await model.recommend(given, 3, runtime);
        assert.equal(items.length, given.ids.length);
        for (const [user, own] of items.entries()) {
          assert.equal(new Set(own).size, Math.min(3, model.catalogue.ids.length));
          for (const item of own) assert.ok(model.catalogue.ids.includes(item));
          assert.deepEqual(
            scores[user],
            scores[user]!.toSorted((left, right) => right - left),
          );
        }
      },
      "leaves out what it is told, and moves up what follows": async (model, given, runtime) => {
        const { items } = await model.recommend(given, 3, runtime);
        const exclude = items.map(([best]) => [best!]);
        const without = await model.recommend(given, 2, runtime, { exclude });
        assert.deepEqual(
          without.items,
          items.map((own) => own.slice(1)),
        );
      },
    },
  };
}
