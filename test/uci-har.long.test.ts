import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { accuracy, matrix, predictClasses, seededRandom, selectRows, shuffled } from "@tideline/learn";
import {
  featureGraph,
  onnxruntimeNode,
  runOverWindows,
  trainModel,
  type TrainingSet,
} from "@tideline/pipeline";
import { createFramer } from "@tideline/spec";
import { uciHarRecordings } from "../apps/fleet/src/recording/uci-har.ts";
import { app } from "../examples/activity/app.ts";

const folder = process.env["TIDELINE_DATA"] ?? join(import.meta.dirname, "../../shared/data/uci-har");
const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("data") ?? false;
const model = app.models[0]!;

/** The labelled windows of people, framed and featured as the pipeline does it. */
async function windowsOf(cohorts: readonly string[]): Promise<TrainingSet> {
  const recordings = (await uciHarRecordings(folder)).filter(({ cohort }) => cohorts.includes(cohort));
  const rows = recordings.flatMap(({ subject, sessions }) =>
    sessions.flatMap(({ id, activity, samples }) =>
      createFramer(model.window)
        .push(0, samples)
        .map(({ start, values }) => ({ subject, id, label: model.labels.indexOf(activity), start, values })),
    ),
  );
  const graph = featureGraph(model);
  const loaded = await onnxruntimeNode.load(graph.bytes);
  const parts: Float32Array[] = [];
  for await (const { values } of runOverWindows(loaded, "features", model.window, rows)) parts.push(values);
  await loaded.release();
  const features = new Float32Array(rows.length * graph.features.length);
  let at = 0;
  for (const part of parts) {
    features.set(part, at);
    at += part.length;
  }
  return {
    key: "test",
    names: graph.features,
    features: matrix(rows.length, graph.features.length, features),
    y: Int32Array.from(rows, ({ label }) => label),
    subjects: rows.map(({ subject }) => subject),
    people: rows.map(({ subject }) => subject),
    sharedRows: 0,
    sessions: rows.map(({ id }) => id),
    start: Float64Array.from(rows, ({ start }) => start),
    time: Float64Array.from(rows, (_, row) => row),
    known: Float64Array.from(rows, (_, row) => row),
  };
}

/** Accuracy on official test windows of a model trained on a set. */
function testAccuracy(train: TrainingSet, test: TrainingSet): number {
  const { fitted } = trainModel(train, model, { seed: 1, recentSince: null });
  const all = selectRows(
    test.features,
    Int32Array.from(test.y, (_, row) => row),
  );
  return accuracy(
    test.y,
    predictClasses(fitted.classifier.predictProbabilities(fitted.scaler.transform(all))),
  );
}

describe.skipIf(!required && !existsSync(folder))("UCI HAR recordings", () => {
  let train: TrainingSet;
  let test: TrainingSet;
  beforeAll(async () => {
    train = await windowsOf(["study"]);
    test = await windowsOf(["beta", "control"]);
  });

  it("give back every published window", () => {
    expect([train.y.length, test.y.length]).toEqual([7352, 2947]);
  });

  it("teach a model that knows strangers", () => {
    expect(testAccuracy(train, test)).toBeGreaterThanOrEqual(0.93);
  });

  it("teach nothing when the labels are permuted", () => {
    const order = shuffled(seededRandom(7), [...train.y.keys()]);
    const permuted = { ...train, y: Int32Array.from(order, (row) => train.y[row]!) };
    expect(testAccuracy(permuted, test)).toBeLessThan(0.3);
  });
});
