import { ELEMENT_TYPES } from "@tideline/graph";
import { illegalOption, positiveInteger } from "../check-option.ts";
import { normal } from "../initialiser.ts";
import { conv1d as convolution } from "../layer/conv1d.ts";
import { defineLayer } from "../layer/define-layer.ts";
import { dense } from "../layer/dense.ts";
import { dropout } from "../layer/dropout.ts";
import { globalMaxPool } from "../layer/global-pool.ts";
import { sequential } from "../layer/sequential.ts";
import type { Layer, Net } from "../net.ts";
import {
  checkLabelled,
  fitNet,
  type Labels,
  type NetClassifier,
  type NetEstimator,
} from "./net-classifier.ts";
import { textEncoder } from "./text-encoder.ts";
import { FILLING, tokeniser, type Tokeniser, type TokeniserOptions } from "./tokeniser.ts";
import { trainingSettings, type NetTrainingOptions } from "./training-option.ts";

/** Labelled texts. */
export interface TextRows extends Labels {
  readonly texts: readonly string[];
}

/** What {@link textcnn} takes; plain data. */
export interface TextcnnOptions extends NetTrainingOptions {
  readonly tokens?: TokeniserOptions;
  /** Numbers that a token becomes. Default 64. */
  readonly embedding?: number;
  /** Tokens that the convolutions see, one for each. Default [1, 2, 3, 4]. */
  readonly sizes?: readonly number[];
  /** Channels of each convolution. Default 64. */
  readonly channels?: number;
}

/** A fitted {@link textcnn}. Its graph's input "x" is int64 [N, length], what `tokeniser.encode` gives. */
export interface TextClassifier extends NetClassifier<readonly string[]> {
  readonly tokeniser: Tokeniser;
}

/** Token numbers [batch, length] to their vectors [batch, width, length]; what fills up becomes zeros. */
function embedded(size: number, width: number): Layer {
  return defineLayer("embedded", (scope, x) => {
    const { g } = scope;
    const table = scope.parameter("weight", [size, width], normal(0.1));
    const vectors = g.op("Transpose", [g.op("Gather", [table, x], { axis: 0 })], { perm: [0, 2, 1] });
    const there = g.op("Cast", [g.op("Greater", [x, g.scalar(FILLING, "int64")])], {
      to: ELEMENT_TYPES.float32.code,
    });
    return g.op("Mul", [vectors, g.op("Unsqueeze", [there, g.ints([1])])]);
  });
}

/**
 * A convolutional net over texts (Y. Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014):
 * tokens become vectors, convolutions of several sizes look for phrases, the largest answer of each channel counts,
 * then dropout (default 0.5; default 10 epochs) and the scores. The vocabulary comes from the training texts alone and
 * stays with the fitted value; texts never enter the graph.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await textcnn({ seed: 1 }).fit({ texts, y, classes: ["ham", "spam"] }, { runtime: onnxruntimeNode });
 * const probabilities = await model.predictProbabilities(["win a prize"], onnxruntimeNode);
 */
export function textcnn(
  options: TextcnnOptions = {},
): NetEstimator<TextRows, readonly string[], TextClassifier> {
  const { tokens = {}, embedding = 64, sizes = [1, 2, 3, 4], channels = 64 } = options;
  const settings = trainingSettings("textcnn", options, { epochs: 10, dropout: 0.5 });
  const learner = tokeniser(tokens);
  positiveInteger("textcnn", "embedding", embedding);
  if (sizes.length === 0) throw illegalOption("textcnn", "sizes", "at least one size", "none");
  const branches = sizes.map((size) =>
    sequential(convolution({ channels, size, padding: "same", activation: "relu" }), globalMaxPool()),
  );
  const phrases = defineLayer("phrases", (scope, x) =>
    scope.g.op(
      "Concat",
      branches.map((branch, at) => branch(scope.within(`size${sizes[at]}`), x)),
      { axis: 1 },
    ),
  );
  const drop = dropout({ rate: settings.dropout });
  return Object.freeze({
    kind: "textcnn",
    async fit(rows: TextRows, { validation, ...fit }) {
      checkLabelled("textcnn.fit", rows.texts, rows, textEncoder());
      const fitted = learner.fit(rows.texts);
      const layers = sequential(
        embedded(fitted.size, embedding),
        phrases,
        drop,
        dense({ units: rows.classes.length }),
      );
      const net: Net = {
        inputs: [{ name: "x", elementType: "int64", dims: [fitted.length] }],
        forward: (scope, { x }) => layers(scope, x!),
      };
      const plan = { kind: "textcnn", encoder: textEncoder(fitted), net };
      const seen = validation === undefined ? undefined : { given: validation.texts, labels: validation };
      const model = await fitNet(plan, settings, { given: rows.texts, labels: rows }, seen, fit);
      return Object.freeze({ ...model, tokeniser: fitted });
    },
  } satisfies NetEstimator<TextRows, readonly string[], TextClassifier>);
}
