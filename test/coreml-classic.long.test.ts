import { graphBuilder, interpret, type OnnxModel } from "@tideline/graph";
import { readClassicForm, writeMlModel } from "@tideline/graph/coreml";
import {
  boostedTrees,
  lowerBoosted,
  lowerForest,
  randomForest,
  type BoostedClassifier,
  type ForestClassifier,
} from "@tideline/learn/tree";
import { textInputs } from "@tideline/learn/transform";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CATEGORICAL, censusTable, type CensusTable } from "../examples/nets/adult-table.ts";
import { dataFolder } from "../examples/nets/example-option.ts";
import { chainCase } from "./coreml/chain-graph.ts";
import { bytesOf, compared, type Feeds } from "./coreml/classic-row.ts";
import { checkCoreml, hasCoremlPython } from "./coreml/python-coreml.ts";
import { censusLinear } from "./parity/adult-case.ts";
import { ensembleGraphs } from "./litert/suite-tree.ts";
import { transformGraphs } from "./litert/suite-transform.ts";

const folder = dataFolder("adult");
const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("data");
const LABELS = ["below", "above"];

/** A graph with an input for each column, texts as texts, in front of trees. */
function treeGraph(model: BoostedClassifier | ForestClassifier): {
  readonly model: OnnxModel;
  readonly coded: OnnxModel;
  readonly dictionaries: Readonly<Record<string, readonly string[]>>;
} {
  const g = graphBuilder("adult");
  const dictionaries: Record<string, readonly string[]> = {};
  const columns = model.ensemble.features.map((feature) => {
    if (feature.kind === "numeric") return g.input(feature.name, "float32", ["N", 1]);
    dictionaries[feature.name] = feature.categories.map(String);
    return g.op("Cast", [g.input(feature.name, "int64", ["N", 1])], { to: 1 });
  });
  const x = g.op("Concat", columns, { axis: 1 });
  g.output("probabilities", "link" in model ? lowerBoosted(g, x, model) : lowerForest(g, x, model));
  const coded = g.build();
  return { model: textInputs(coded, dictionaries), coded, dictionaries };
}

/** The census as a graph's rows: numbers, and codes of texts. */
function feedsOf(
  coded: OnnxModel,
  { columns }: CensusTable,
  dictionaries: Readonly<Record<string, readonly string[]>>,
): Feeds {
  return Object.fromEntries(
    coded.graph.inputs.map(({ name }) => {
      const dictionary = dictionaries[name];
      const values = Float32Array.from(columns[name]!, (value) =>
        dictionary === undefined
          ? Number(value ?? Number.NaN)
          : value === null
            ? -1
            : dictionary.indexOf(String(value)),
      );
      return [name, { dims: [values.length, 1], values }];
    }),
  );
}

describe.skipIf(!required && !existsSync(folder))("adult", () => {
  test.each(["boosted", "forest"] as const)(
    "%s trees decide as the graph on all test rows",
    async (kind) => {
      const { columns, y, classes } = censusTable(folder, "data");
      const rows = { columns, y, classes, categorical: CATEGORICAL };
      const fitted: BoostedClassifier | ForestClassifier =
        kind === "boosted"
          ? await boostedTrees<"classification">({ rounds: 60, categorical: CATEGORICAL }).fit(rows)
          : await randomForest({ trees: 3, categorical: CATEGORICAL }).fit(rows);
      const { model, coded, dictionaries } = treeGraph(fitted);
      const feeds = feedsOf(coded, censusTable(folder, "test"), dictionaries);
      const truth = interpret(coded, feeds)["probabilities"]!.values;
      const found = compared(model, feeds, { labels: LABELS }, { truth, dictionaries });
      expect(found.rows).toBe(16_281);
      expect(found.other / found.rows).toBeLessThanOrEqual(0.001);
      expect(found.far).toBeLessThan(1e-5);
    },
    300_000,
  );

  test("a logistic regression behind imputers, scalers and one-hot texts decides as the graph on all test rows", () => {
    const { coded, dictionaries } = censusLinear(censusTable(folder, "data"));
    const own = Object.fromEntries(
      Object.entries(feedsOf(coded, censusTable(folder, "test"), dictionaries)).map(
        ([name, { dims, values }]) => {
          // What the training part has not is another text, not a missing one.
          const last = (dictionaries[name]?.length ?? 0) - 1;
          const texts = censusTable(folder, "test").columns[name]!;
          const codes = Float32Array.from(values, (value, row) =>
            dictionaries[name] !== undefined && value === -1 && texts[row] !== null ? last : value,
          );
          return [name, { dims, values: codes }];
        },
      ),
    );
    const truth = interpret(coded, own)["probabilities"]!.values;
    const found = compared(textInputs(coded, dictionaries), own, { labels: LABELS }, { truth, dictionaries });
    expect(found.rows).toBe(16_281);
    expect(found.other / found.rows).toBeLessThanOrEqual(0.001);
    expect(found.far).toBeLessThan(1e-5);
  }, 120_000);
});

describe.skipIf(!hasCoremlPython())("coremltools", () => {
  test("loads every classic file", async () => {
    const chains = (["linear", "trees"] as const).map((kind) =>
      bytesOf(chainCase(kind).model, { labels: kind === "linear" ? ["a", "b", "c"] : ["no", "yes"] }),
    );
    const written = [...ensembleGraphs(), ...transformGraphs()].flatMap(({ model }) => {
      const result = writeMlModel(model, { output: model.graph.outputs[0]!.name });
      return result.ok ? [result.bytes] : [];
    });
    expect(written.length).toBeGreaterThan(40);
    const verdicts = await checkCoreml([...chains, ...written]);
    expect(verdicts.filter((verdict) => "error" in verdict)).toEqual([]);
    for (const [at, bytes] of [...chains, ...written].entries()) {
      const form = readClassicForm(bytes);
      expect(verdicts[at]).toMatchObject({
        version: 1,
        form: form.form,
        inputs: form.inputs.map(({ name }) => name),
        outputs: form.outputs.map(({ name }) => name),
      });
    }
  }, 120_000);
});
