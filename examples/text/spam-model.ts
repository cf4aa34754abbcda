import { graphBuilder, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import { logisticRegression, lowerLogistic, type LogisticModel } from "@tideline/learn";
import {
  lowerCounts,
  lowerTerms,
  stringModel,
  tfidfVectorizer,
  type FittedVectorizer,
  type TfidfVectorizerOptions,
} from "@tideline/learn/transform";
import type { Messages } from "../nets/sms-message.ts";

/** How texts become numbers, and how strong the penalty on their weights is. */
export interface SpamOptions extends TfidfVectorizerOptions {
  /** Inverse strength of the penalty. */
  readonly C: number;
}

/** A fitted vectorizer and the linear model on it. */
export interface SpamModel {
  readonly vectorizer: FittedVectorizer;
  readonly model: LogisticModel;
}

/** Fits both to messages. */
export function fitSpam({ C, ...options }: SpamOptions, { texts, y, classes }: Messages): SpamModel {
  const { fitted, X } = tfidfVectorizer(options).fitTransform(texts);
  return { vectorizer: fitted, model: logisticRegression({ C, tolerance: 1e-5 }).fit({ X, y, classes }) };
}

/** Probabilities [texts, classes] in TypeScript. */
export function predictSpam({ vectorizer, model }: SpamModel, texts: readonly string[]): Float64Array {
  return Float64Array.from(model.predictProbabilities(vectorizer.transform(texts)).values);
}

function numeric({ model }: SpamModel, lower: (g: GraphBuilder) => Value): OnnxModel {
  const g = graphBuilder("spam");
  g.output("probabilities", lowerLogistic(g, lower(g), model));
  return g.build({ metadata: { classes: model.classes.join(",") } });
}

/** One graph from texts to probabilities. */
export function textGraph(spam: SpamModel): OnnxModel {
  const { vectorizer } = spam;
  const counts = numeric(spam, (g) =>
    lowerCounts(g, g.input("counts", "float32", ["N", vectorizer.terms.length]), vectorizer),
  );
  return stringModel(counts, vectorizer);
}

/** A graph from the numbers of terms to probabilities, for runtimes without strings. */
export function termGraph(spam: SpamModel): OnnxModel {
  return numeric(spam, (g) => lowerTerms(g, g.input("terms", "int64", ["N", "T"]), spam.vectorizer));
}
