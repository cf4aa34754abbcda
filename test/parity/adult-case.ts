import { graphBuilder, type OnnxModel } from "@tideline/graph";
import { logisticRegression, lowerLogistic, matrix } from "@tideline/learn";
import { frameOf } from "@tideline/learn/frame";
import { nets } from "@tideline/learn/net";
import {
  chain,
  features,
  graphInputs,
  oneHotEncoder,
  simpleImputer,
  standardScaler,
  textDictionaries,
  textInputs,
  type FittedTransform,
} from "@tideline/learn/transform";
import { lowerBoosted, lowerForest, randomForest, type TreeEnsemble } from "@tideline/learn/tree";
import { onnxruntimeNode, rowInputs, type ModelRows } from "@tideline/pipeline";
import { CATEGORICAL, censusTable, NUMERIC, type CensusTable } from "../../examples/nets/adult-table.ts";
import { fitExample } from "../../examples/trees/example.ts";
import { askedTable } from "../../packages/learn/src/tree/insight/asked-column.ts";
import { tableEncoder } from "../../packages/learn/src/net/estimator/table-encoding.ts";
import { featureMatrix } from "../../packages/learn/src/tree/model/feature-matrix.ts";
import { CALIBRATION, evenly, picked, rowsOf, TREE_CALIBRATION, type RealCase } from "./real-case.ts";

/** A graph's inputs from the columns of their names: numbers, NaN where one is missing, or texts, "" where one is. */
function columnRows(model: OnnxModel, { columns, y }: CensusTable): ModelRows {
  const inputs = rowInputs(model).map(({ name, elementType }) => {
    const values = columns[name]!;
    if (elementType === "string") return [name, values.map((text) => text ?? "")] as const;
    return [
      name,
      Float32Array.from(values, (value) => (value === null ? Number.NaN : Number(value))),
    ] as const;
  });
  return { count: y.length, inputs: Object.fromEntries(inputs) as ModelRows["inputs"] };
}

/** A logistic regression behind imputers, scalers and one-hot texts, which come in as codes of dictionaries. */
export function censusLinear(table: CensusTable): {
  readonly coded: OnnxModel;
  readonly dictionaries: Readonly<Record<string, readonly string[]>>;
} {
  const { chain: fitted, rows } = chain([
    simpleImputer({ columns: [...NUMERIC] }),
    standardScaler({ columns: [...NUMERIC] }),
    oneHotEncoder({ columns: CATEGORICAL }),
  ]).fitTransform(frameOf(table.columns as Parameters<typeof frameOf>[0]));
  const dictionaries = textDictionaries(
    fitted.steps.filter((step): step is FittedTransform => !("rule" in step)),
  );
  const width = rows.columns.length;
  const X = matrix(rows.rows, width, new Float64Array(rows.rows * width));
  for (const [at, column] of rows.columns.entries())
    for (let row = 0; row < rows.rows; row += 1)
      X.values[row * width + at] = Number((column as { values: ArrayLike<number> }).values[row]);
  const model = logisticRegression({ maxIterations: 30 }).fit({ X, y: table.y, classes: table.classes });
  const g = graphBuilder("adult_linear");
  const made = fitted.lower(g, graphInputs(g, fitted.inputs, { strings: "codes", dictionaries }));
  g.output("probabilities", lowerLogistic(g, features(g, made).value, model));
  return { coded: g.build(), dictionaries };
}

/** Models of the census of 1994 on the official split: a linear model of texts, a net of categories, trees. */
export async function* adultCases(folder: string): AsyncGenerator<RealCase> {
  const [train, test] = [censusTable(folder, "data"), censusTable(folder, "test")];
  const { classes } = train;
  const caseOf = (
    name: string,
    model: OnnxModel,
    of: (table: CensusTable) => ModelRows,
    shown = CALIBRATION,
  ): RealCase => ({
    name,
    model,
    classes,
    heldOut: of(test),
    labels: test.y,
    calibration: picked(of(train), evenly(train.y.length, shown)),
  });
  const { coded, dictionaries } = censusLinear(train);
  const texts = textInputs(coded, dictionaries);
  yield caseOf("adult, linear model of texts", texts, (table) => columnRows(texts, table));

  const net = await nets
    .tableEmbedding({
      categorical: CATEGORICAL,
      numeric: NUMERIC,
      batch: 256,
      epochs: 2,
      rate: 2e-3,
      seed: 1,
    })
    .fit(train, { runtime: onnxruntimeNode });
  const encoder = tableEncoder(net.encoding);
  yield caseOf("adult, net of categories", net.graph(), ({ columns, y }) => ({
    count: y.length,
    inputs: Object.fromEntries(
      Object.entries(encoder.inputs({ columns }, 0, y.length)).map(([name, { values }]) => [
        name,
        values instanceof Float32Array ? values : Array.from(values as ArrayLike<number | bigint>, Number),
      ]),
    ),
  }));

  const matrixOf = (ensemble: TreeEnsemble) => (table: CensusTable) => {
    const { columns, y } = table;
    const rows = { columns, categorical: CATEGORICAL, row: new Int32Array(y.length) };
    const { values } = featureMatrix(ensemble, askedTable("parity", ensemble, rows));
    return rowsOf("x", y.length, Float32Array.from(values));
  };
  const rows = { ...train, categorical: CATEGORICAL };
  const boosted = await fitExample(
    { rate: 0.05, rounds: 300, leaves: 15 },
    { ...rows, row: new Int32Array(train.y.length) },
    1,
  );
  const g = graphBuilder("adult_boosted");
  const x = g.input("x", "float32", ["N", boosted.ensemble.features.length]);
  g.output("probabilities", lowerBoosted(g, x, boosted));
  yield caseOf("adult, boosted trees", g.build(), matrixOf(boosted.ensemble), TREE_CALIBRATION);

  const forest = await randomForest({ trees: 3, categorical: CATEGORICAL, seed: 1 }).fit(rows);
  const f = graphBuilder("adult_forest");
  const columns = f.input("x", "float32", ["N", forest.ensemble.features.length]);
  f.output("probabilities", lowerForest(f, columns, forest));
  yield caseOf("adult, forest", f.build(), matrixOf(forest.ensemble), TREE_CALIBRATION);
}
