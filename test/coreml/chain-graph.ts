import { graphBuilder, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import { logisticRegression, lowerLogistic, matrix, seededRandom } from "@tideline/learn";
import { frameOf } from "@tideline/learn/frame";
import {
  chain,
  features,
  graphInputs,
  minMaxScaler,
  oneHotEncoder,
  ordinalEncoder,
  simpleImputer,
  standardScaler,
  textDictionaries,
  textInputs,
  type FittedTransform,
} from "@tideline/learn/transform";
import { lowerEnsemble, lowerLink } from "@tideline/learn/tree";
import { numbers, randomEnsemble } from "../../packages/learn/src/tree/model/testing/random-ensemble.ts";
import type { Feeds } from "./classic-row.ts";

/** A graph with preparation in front, rows for it, and its dictionaries. */
export interface ChainCase {
  readonly model: OnnxModel;
  /** The graph with texts as codes, which the reference runs. */
  readonly coded: OnnxModel;
  readonly feeds: Feeds;
  readonly dictionaries: Readonly<Record<string, readonly string[]>>;
}

const CITIES = ["Kraków", "Oslo", "東京", "Lyon"];

/** Rows of two numbers, some missing, and a text, of which the fit need not have seen all. */
function rowsOf(count: number, seed: number, cities: readonly string[]) {
  const random = seededRandom(seed);
  const missing = (value: number): number => (random.uniform() < 0.15 ? Number.NaN : Math.fround(value));
  return frameOf({
    age: Float64Array.from({ length: count }, () => missing(40 + 12 * random.normal())),
    hours: Float64Array.from({ length: count }, () => missing(random.integer(80))),
    city: Array.from({ length: count }, () =>
      random.uniform() < 0.1 ? null : cities[random.integer(cities.length)]!,
    ),
  });
}

const STEPS = {
  linear: () => [
    simpleImputer({ columns: ["age", "hours"], strategy: "median" }),
    standardScaler({ columns: ["age"] }),
    minMaxScaler({ columns: ["hours"] }),
    oneHotEncoder({ columns: ["city"] }),
  ],
  trees: () => [
    standardScaler({ columns: ["age"] }),
    minMaxScaler({ columns: ["hours"], featureRange: [-1, 1] }),
    ordinalEncoder({ columns: ["city"] }),
  ],
};

/** Imputers, scalers and categories in front of a logistic regression or of trees. */
export function chainCase(kind: "linear" | "trees", seed = 1): ChainCase {
  const training = rowsOf(200, seed, CITIES);
  const random = seededRandom(seed + 1);
  const { chain: fitted } = chain(STEPS[kind]()).fitTransform(training);
  const transforms = fitted.steps.filter((step): step is FittedTransform => !("rule" in step));
  const dictionaries = textDictionaries(transforms);
  const build = (head: (g: GraphBuilder, x: Value, width: number) => Value): OnnxModel => {
    const g = graphBuilder(`chain of ${kind}`);
    const columns = fitted.lower(g, graphInputs(g, fitted.inputs, { strings: "codes", dictionaries }));
    const { value, names } = features(g, columns);
    g.output("probabilities", head(g, value, names.length));
    return g.build();
  };
  const coded = build((g, x, width) => {
    if (kind === "linear") {
      const K = 3;
      const X = matrix(
        60,
        width,
        Float64Array.from({ length: 60 * width }, () => random.normal()),
      );
      const y = Int32Array.from({ length: 60 }, (_, row) => row % K);
      return lowerLogistic(g, x, logisticRegression().fit({ X, y, classes: ["a", "b", "c"] }));
    }
    const ensemble = randomEnsemble(random, { trees: 12, leaves: 12, outputs: 1, features: numbers(width) });
    return lowerLink(g, lowerEnsemble(g, x, ensemble), { kind: "logistic", scale: 1 });
  });
  const trying = rowsOf(300, seed + 7, [...CITIES, "Ushuaia"]);
  const feeds = Object.fromEntries(
    coded.graph.inputs.map(({ name }) => {
      const column = trying.columns.find((one) => one.name === name)!;
      const dictionary = dictionaries[name];
      const values =
        column.kind === "string" && dictionary !== undefined
          ? Float64Array.from(column.codes, (code) => {
              const place = code < 0 ? -1 : dictionary.indexOf(column.dictionary[code]!);
              return code >= 0 && place === -1 ? dictionary.length - 1 : place;
            })
          : Float64Array.from("values" in column ? (column.values as ArrayLike<number>) : []);
      return [name, { dims: [values.length, 1], values }];
    }),
  );
  return { model: textInputs(coded, dictionaries), coded, feeds, dictionaries };
}
