import { graphBuilder, interpret, writeOnnx } from "@tideline/graph";
import * as ort from "onnxruntime-node";
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
  async (_, vector) => {
    const X = matrixOf(vector.X.map((row) => row.map((value) => 3 * value + 2)));
    const fitted = standardise({}).fit(X);
    const classes = Array.from({ length: vector.classCount }, (_, k) => `class-${k}`);
    const model = logisticRegression().fit({ X: fitted.transform(X), y: vector.y, classes });
    const g = graphBuilder("activity");
    const x = g.input("features", "float32", ["N", X.columns]);
    g.output("probabilities", lowerLogistic(g, lowerStandardiser(g, x, fitted), model));
    const onnx = g.build();
    const dims = [X.rows, X.columns];
    const { probabilities } = interpret(onnx, { features: { dims, values: X.values } });
    const expected = model.predictProbabilities(fitted.transform(X)).values;
    expect(probabilities!.dims).toEqual([X.rows, vector.classCount]);
    expect(largestDifference(probabilities!.values, expected)).toBeLessThan(1e-6);

    const session = await ort.InferenceSession.create(writeOnnx(onnx));
    const fed = new ort.Tensor("float32", Float32Array.from(X.values), dims);
    const answer = (await session.run({ features: fed }))["probabilities"]!.data as Float32Array;
    expect(largestDifference(answer, expected)).toBeLessThan(1e-5);
  },
);

test("a width that differs is reported where it is made", () => {
  const g = graphBuilder("activity");
  const x = g.input("features", "float32", ["N", 3]);
  const fitted = standardise({}).fit(matrixOf([[1, 2]]));
  expect(() => lowerStandardiser(g, x, fitted)).toThrow(expect.objectContaining({ code: "GRAPH_ILLEGAL" }));
});
