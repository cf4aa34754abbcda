/**
 * Tells spam from other text messages by a linear model on TF-IDF: five folds, repeated texts kept in one fold.
 *
 *   node examples/text/sms-tfidf.ts --data ../shared/data/sms-spam --json
 *
 * The figure is the mean accuracy of the five folds. In each, a fifth of the training texts is held out (repeats together)
 * to choose a configuration, which is then fitted to all of them: a fold's test part decides nothing. Each model is written
 * as one graph from text to probability and as one from numbers of terms; onnxruntime's answers to every test text must be ours.
 */
import { writeOnnx } from "@tideline/graph";
import { accuracy, groupFolds, matrix, predictClasses, splitByGroup } from "@tideline/learn";
import { onnxruntimeNode } from "@tideline/pipeline";
import { writeEvidence } from "../nets/example-evidence.ts";
import { exampleOptions } from "../nets/example-option.ts";
import { messages, messagesAt, type Messages } from "../nets/sms-message.ts";
import {
  fitSpam,
  predictSpam,
  termGraph,
  textGraph,
  type SpamModel,
  type SpamOptions,
} from "./spam-model.ts";
import { runTexts } from "./string-session.ts";

const NAME = "sms-tfidf";
const FOLDS = 5;
/** What a linear SVM reached on these texts in 2011 (T. Almeida et al.). */
const THRESHOLD = 0.976;
/** Probabilities of a graph in float32 and ours in float64. */
const PARITY = 1e-5;
/** Words with apostrophes, and every other sign for itself: "free !" is more than "free". */
const SIGNS = "[\\p{L}\\p{N}_'\u2019]+|[^\\p{L}\\p{N}_'\u2019\\p{Z}]";

const CONFIGURATIONS: Readonly<Record<string, SpamOptions>> = {
  words: { C: 100, sublinearTf: true },
  pairs: { C: 300, sublinearTf: true, ngramRange: [1, 2], minDf: 2 },
  signs: { C: 100, sublinearTf: true, tokenPattern: SIGNS },
  sign_pairs: { C: 300, sublinearTf: true, tokenPattern: SIGNS, ngramRange: [1, 2], minDf: 2 },
};

const classesOf = (values: ArrayLike<number>, rows: number) =>
  predictClasses(matrix(rows, values.length / rows, Float64Array.from(values)));

function score(spam: SpamModel, { texts, y }: Messages): number {
  return accuracy(y, classesOf(predictSpam(spam, texts), texts.length));
}

/** The configuration that does best on a fifth of these texts; the first of equals. */
function chosen(rows: Messages): string {
  const { train, test } = splitByGroup(rows.groups, { test: 0.2, seed: 1 });
  const [fitted, held] = [messagesAt(rows, train), messagesAt(rows, test)];
  const scores = Object.entries(CONFIGURATIONS).map(
    ([name, configuration]) => [name, score(fitSpam(configuration, fitted), held)] as const,
  );
  return scores.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

const largest = (ours: Float64Array, theirs: ArrayLike<number>) =>
  ours.reduce((most, value, at) => Math.max(most, Math.abs(value - theirs[at]!)), 0);

const options = exampleOptions("sms-spam", Object.keys(CONFIGURATIONS), false);
const say = options.json ? () => {} : console.log;
const all = messages(options.data);
const began = performance.now();
const accuracies: number[] = [];
const configurations: string[] = [];
let difference = 0;
let bytes = 0;
for (const [fold, { train, test }] of groupFolds(all.groups, FOLDS, 1).entries()) {
  const rows = messagesAt(all, train);
  const held = messagesAt(all, test);
  const configuration = chosen(rows);
  const spam = fitSpam(CONFIGURATIONS[configuration]!, rows);
  const ours = predictSpam(spam, held.texts);
  const graph = writeOnnx(textGraph(spam));
  bytes = graph.length;
  difference = Math.max(difference, largest(ours, await runTexts(graph, held.texts)));
  const loaded = await onnxruntimeNode.load(writeOnnx(termGraph(spam)));
  const { dims, values } = spam.vectorizer.termIds(held.texts);
  const { probabilities } = await loaded.run({ terms: { dims, values } }, ["probabilities"]);
  await loaded.release();
  difference = Math.max(difference, largest(ours, probabilities!.values as Float32Array));
  accuracies.push(score(spam, held));
  configurations.push(configuration);
  say(
    `  fold-${fold + 1}: ${accuracies.at(-1)!.toFixed(4)} with ${configuration}, ${spam.vectorizer.terms.length} terms`,
  );
  if (options.out !== undefined)
    writeEvidence(options.out, `${NAME}-fold-${fold + 1}`, held, matrix(held.y.length, 2, ours), graph);
}
const mean = accuracies.reduce((sum, value) => sum + value, 0) / FOLDS;
const seconds = Math.round((performance.now() - began) / 1000);
say(
  `mean ${mean.toFixed(4)}; graphs differ by ${difference.toExponential(1)} at most; ${bytes} bytes of ONNX; ${seconds} s`,
);
if (options.json)
  console.log(
    JSON.stringify({
      example: NAME,
      configurations,
      accuracies,
      mean,
      threshold: THRESHOLD,
      difference,
      bytes,
      seconds,
    }),
  );
if (!(mean >= THRESHOLD) || !(difference <= PARITY)) process.exit(70);
