import { graphBuilder, interpret } from "@tideline/graph";
import { expect, test } from "vitest";
import vectors from "../../../vectors/learn/logistic-regression.json" with { type: "json" };
import { logisticRegression } from "./logistic-regression.ts";
import { lowerLogistic, lowerStandardiser } from "./lower.ts";
import { matrixOf } from "./matrix.ts";
import { standardise } from "./standardise.ts";
import { largestDifference } from "./testing/largest-difference.ts";

const { cases } = vectors;

test.each(cases.map((vector) => [vector.classCount, vector] as const))(
  "the graph of a standardiser and a model of %i classes answers like them",
  (_, vector) => {
    const X = matrixOf(vector.X.map((row) => row.map((value) => 3 * value + 2)));
    const fitted = standardise({}).fit(X);
    const classes = Array.from({ length: vector.classCount }, (_, k) => `class-${k}`);
    const model = logisticRegression().fit({ X: fitted.transform(X), y: vector.y, classes });
    const g = graphBuilder("activity");
    const x = g.input("features", "float32", ["N", X.columns]);
    g.output("probabilities", lowerLogistic(g, lowerStandardiser(g, x, fitted), model));
    const { probabilities } = interpret(g.build(), {
      features: { dims: [X.rows, X.columns], values: X.values },
    });
    const expected = model.predictProbabilities(fitted.transform(X));
    expect(probabilities!.dims).toEqual([X.rows, vector.classCount]);
    expect(
      largestDifference(Float64Array.from(probabilities!.values as ArrayLike<number>), expected.values),
    ).toBeLessThan(1e-6);
  },
);

test("a width that differs is reported where it is made", () => {
  const g = graphBuilder("activity");
  const x = g.input("features", "float32", ["N", 3]);
  const fitted = standardise({}).fit(matrixOf([[1, 2]]));
  expect(() => lowerStandardiser(g, x, fitted)).toThrow(expect.objectContaining({ code: "GRAPH_ILLEGAL" }));
});
