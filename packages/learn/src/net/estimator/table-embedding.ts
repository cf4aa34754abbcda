import { illegalOption, oneOf, positiveInteger, wholeNumber } from "../check-option.ts";
import { activate, ACTIVATIONS, type ActivationName } from "../layer/activation.ts";
import { batchNorm } from "../layer/batch-norm.ts";
import { dense } from "../layer/dense.ts";
import { dropout } from "../layer/dropout.ts";
import type { Layer, Net } from "../net.ts";
import type { NetEstimator } from "./net-classifier.ts";
import { tableEncoder, tableInputs, type MissingNumbers } from "./table-encoding.ts";
import type { Table, TableEncoding } from "./table-encoding.ts";
import { embeddedCategories, numbersLayer, type NumbersLayer } from "./table-layer.ts";
import { checkTask, fitTask, taskSettings } from "./task.ts";
import type { LabelsOf, ModelOf, Task, TaskOptions } from "./task.ts";
import { checkVocabulary, vocabulary, type VocabularyOptions } from "./vocabulary.ts";

/** What {@link tableEmbedding} takes; plain data. */
export interface TableEmbeddingOptions<T extends Task = Task> extends TaskOptions<T>, VocabularyOptions {
  /** Columns of categories. */
  readonly categorical?: readonly string[];
  /** Columns of numbers. */
  readonly numeric?: readonly string[];
  /** What becomes of a missing number. Default "refuse". A missing category is a category. */
  readonly missing?: MissingNumbers;
  /** Numbers that a category becomes. Default `1.6 n^0.56` of the column's n values, 2 to 50. */
  readonly embedding?: number;
  /** Bins between quantiles through which each number is also seen; 0 for none. Default 0. */
  readonly bins?: number;
  /** Units of each hidden layer. Default [128, 64]. */
  readonly hidden?: readonly number[];
  /** Default "relu". */
  readonly activation?: ActivationName;
  /** Whether each hidden layer is normalised over the batch. Default false. */
  readonly normalise?: boolean;
}

/** A table with classes or numbers. */
export type TableRows<T extends Task = "classification"> = LabelsOf<T> & Table;

/** A fitted {@link tableEmbedding}: how columns become its graph's inputs stands in `encoding`. */
export type TableModel<T extends Task = "classification"> = ModelOf<T, Table> & {
  readonly encoding: TableEncoding;
};

const WHO = "tableEmbedding";
const MISSING = { refuse: true, mean: true, indicate: true } satisfies Record<MissingNumbers, true>;

interface TableNetForm extends Required<Pick<TableEmbeddingOptions, "hidden" | "activation" | "normalise">> {
  readonly embedding: number | undefined;
  readonly drop: Layer;
}

/** A function of its own: a net made where the training rows are in scope would keep them alive in every model. */
function tableNet(encoding: TableEncoding, numbersOf: NumbersLayer, form: TableNetForm, units: number): Net {
  const { embedding, hidden, activation, normalise, drop } = form;
  return {
    inputs: tableInputs(encoding),
    forward(scope, { categories, numbers, missing }) {
      const { g } = scope;
      const parts = [
        ...(categories ? [embeddedCategories(scope, categories, encoding, embedding)] : []),
        ...(numbers ? [numbersOf(scope, numbers, missing)] : []),
      ];
      let value = drop(scope, parts.length === 1 ? parts[0]! : g.op("Concat", parts, { axis: 1 }));
      for (const [at, width] of hidden.entries()) {
        const linear = dense({ units: width, bias: !normalise, initial: "heNormal" });
        value = linear(scope.within(`hidden${at + 1}`), value);
        if (normalise) value = batchNorm()(scope.within(`norm${at + 1}`), value);
        value = drop(scope, activate(WHO, g, value, activation));
      }
      return dense({ units })(scope.within("scores"), value);
    },
  };
}

/**
 * A multilayer perceptron over a table whose categories are embedded (C. Guo and F. Berkhahn, "Entity Embeddings of
 * Categorical Variables", 2016) and whose numbers are standardised; dropout (default 0.1; default 20 epochs) on all of
 * it and behind each hidden layer. Vocabularies, means and deviations come from the training rows alone and are frozen; a
 * value that they lack is number 0.
 *
 * The graph takes int64 "categories" [N, C], float32 "numbers" [N, F] and, unless missing numbers are refused, float32
 * "missing" [N, F]: what `tableEncoder(model.encoding)` gives. The encoding stands in its metadata, too.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range, no column at all, or one named twice.
 * @example
 * const estimator = tableEmbedding({ categorical: ["country"], numeric: ["age"], missing: "indicate", seed: 1 });
 * const columns = { country: ["de", "fr", null], age: [31, NaN, 54] };
 * const model = await estimator.fit({ columns, y: [0, 1, 1], classes: ["no", "yes"] }, { runtime: onnxruntimeNode });
 * const probabilities = await model.predictProbabilities({ columns }, onnxruntimeNode);
 */
export function tableEmbedding<T extends Task = "classification">(
  options: TableEmbeddingOptions<T>,
): NetEstimator<TableRows<T>, Table, TableModel<T>> {
  const { categorical = [], numeric = [], bins = 0, hidden = [128, 64], activation = "relu" } = options;
  const { embedding, normalise = false } = options;
  const who = WHO;
  const names = [...categorical, ...numeric];
  if (names.length === 0) throw illegalOption(who, "categorical, numeric", "at least one column", "none");
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw illegalOption(who, "categorical, numeric", "each column once", twice);
  const missing = oneOf(who, "missing", MISSING, options.missing ?? "refuse");
  wholeNumber(who, "bins", bins);
  for (const units of hidden) positiveInteger(who, "hidden", units);
  if (embedding !== undefined) positiveInteger(who, "embedding", embedding);
  oneOf(who, "activation", ACTIVATIONS, activation);
  const words = checkVocabulary(who, options);
  const settings = taskSettings(who, options, { epochs: 20, dropout: 0.1 });
  const drop = dropout({ rate: settings.dropout });
  const form: TableNetForm = { embedding, hidden, activation, normalise, drop };
  const unfitted: TableEncoding = {
    categorical: categorical.map((name) => ({ name, values: [], unknownSeen: false })),
    numeric: Object.freeze([...numeric]),
    missing,
  };
  return Object.freeze({
    kind: who,
    async fit(rows, { validation, ...fit }) {
      const own = { given: rows, labels: rows };
      checkTask<T, Table>(`${who}.fit`, settings, own, tableEncoder(unfitted));
      const encoding: TableEncoding = Object.freeze({
        ...unfitted,
        categorical: Object.freeze(
          categorical.map((name) => Object.freeze({ name, ...vocabulary(rows.columns[name]!, words) })),
        ),
      });
      const numbersOf = numbersLayer(rows, encoding, bins);
      const net = (scores: number) => tableNet(encoding, numbersOf, form, scores);
      const seen = validation === undefined ? undefined : { given: validation, labels: validation };
      const metadata = { encoding: JSON.stringify(encoding) };
      const plan = { kind: who, encoder: tableEncoder(encoding), net, metadata };
      const model = await fitTask<T, Table>(plan, settings, own, seen, fit);
      return Object.freeze({ ...model, encoding }) as unknown as TableModel<T>;
    },
  } satisfies NetEstimator<TableRows<T>, Table, TableModel<T>>);
}
