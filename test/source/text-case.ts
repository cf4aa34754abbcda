import { graphBuilder, type OnnxModel } from "@tideline/graph";
import { logisticRegression, lowerLogistic } from "@tideline/learn";
import {
  lowerCounts,
  stringModel,
  tfidfVectorizer,
  type FittedVectorizer,
  type TfidfVectorizerOptions,
} from "@tideline/learn/transform";

const TEXTS = [
  "Call me NOW, call now! don't wait",
  "free prize: text WIN to 85555, call now",
  "Straße über naïve café, ΟΔΟΣ and ΣΊΣΥΦΟΣ",
  "東京 タワー 東京 call me",
  "İstanbul ISTANBUL ıstanbul win win win",
  "see you at 7, ok? free lunch",
];

/** Words with apostrophes, and every other sign for itself. */
const SIGNS = "[\\p{L}\\p{N}_'\u2019]+|[^\\p{L}\\p{N}_'\u2019\\p{Z}]";

/** How texts become numbers, by the name of the source. */
export const TEXT_CASES: Readonly<Record<string, TfidfVectorizerOptions>> = {
  PlainWords: {},
  WordPairs: { ngramRange: [1, 2], sublinearTf: true, norm: "l1" },
  CasedTriples: { ngramRange: [2, 3], lowercase: false, norm: "none" },
  SignWords: { tokenPattern: SIGNS, ngramRange: [1, 2], binary: true },
};

/** A vectorizer with a linear model on it, as one graph from texts to probabilities and weights. */
export function textCase(options: TfidfVectorizerOptions): {
  readonly model: OnnxModel;
  readonly fitted: FittedVectorizer;
} {
  const { fitted, X } = tfidfVectorizer(options).fitTransform(TEXTS);
  const model = logisticRegression({ C: 10 }).fit({
    X,
    y: Int32Array.of(0, 1, 0, 0, 1, 0),
    classes: ["ham", "spam"],
  });
  const g = graphBuilder("text");
  const weights = lowerCounts(g, g.input("counts", "float32", ["N", fitted.terms.length]), fitted);
  g.output("weights", weights);
  g.output("probabilities", lowerLogistic(g, weights, model));
  return { model: stringModel(g.build(), fitted), fitted };
}
