import type { CoremlFeature } from "../describe/description.ts";
import { messageField, textField } from "../describe/message.ts";
import { modelFields, type CoremlModel } from "../describe/model-file.ts";
import type { CoremlLabels } from "../describe/class-label.ts";
import { textLabels } from "../describe/class-label.ts";
import type { ClassicAnswer } from "./classic-answer.ts";
import { textTable, type ClassicEntry } from "./classic-input.ts";
import { refusal } from "./classic-reason.ts";
import type { ClassicEstimator, ClassicTrees, Score } from "./classic-value.ts";
import { againstFirst, planLinear } from "./plan-linear.ts";
import { planTrees } from "./plan-trees.ts";
import {
  CLASSIC_VERSION,
  filledVector,
  joinedVector,
  linearStage,
  oneHotTexts,
  scaledVector,
  textCodes,
  treeStage,
  vectorType,
  widthOf,
  type Ends,
  type Stage,
} from "./stage.ts";
import { stepList, stepTrees } from "./step-list.ts";
import type { PlannedTrees } from "./tree-node.ts";
import { checkWholeColumns } from "./whole-column.ts";

/** A model before it is bytes, and what is in it. */
export interface Assembled {
  readonly model: CoremlModel;
  /** The forms of the pipeline's stages; of an estimator alone there are none. */
  readonly stages: readonly string[];
  readonly labels?: CoremlLabels;
  readonly trees?: PlannedTrees;
}

/** What Xcode shows of the whole. */
interface AssembledMetadata {
  readonly description?: string;
  readonly author?: string;
  readonly license?: string;
  readonly version?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The names of a classifier's outputs, as Xcode's own templates have them. */
const [LABEL, PROBABILITY] = ["classLabel", "classProbability"];

/** Names that are not given away yet. */
function nameGiver(taken: readonly string[]): (wanted: string) => string {
  const known = new Set(taken);
  return (wanted) => {
    let name = wanted;
    for (let count = 2; known.has(name); count++) name = `${wanted}${count}`;
    known.add(name);
    return name;
  };
}

/** How many of the graph's columns stand before each entry. */
function placesOf(entries: readonly ClassicEntry[]): readonly number[] {
  let columns = 0;
  return entries.map(({ feature }) => {
    const place = columns;
    columns += widthOf(feature);
    return place;
  });
}

/** What the estimator's last step is, and the scores that it takes. */
interface Ending {
  readonly transform: "none" | "softmax" | "logistic";
  readonly scores: readonly Score[];
}

/** Wants leaves and weights that are numbers: a file of others tells nothing. @throws a `ClassicRefusal` */
function checkNumbers(estimator: ClassicEstimator, { scores }: Ending): void {
  const lists: Iterable<readonly number[]> =
    estimator.kind === "linear"
      ? estimator.weights
      : [estimator.base, ...estimator.forest.nodes.flatMap((node) => ("mode" in node ? [] : node.weights))];
  for (const list of [...lists, ...scores.map(({ factors, offset }) => [...factors, offset])])
    if (!list.every(Number.isFinite))
      throw refusal("one of its weights is no finite number", "a graph whose constants are finite");
}

const opposite = (a: Score, b: Score): boolean =>
  a.offset === -b.offset &&
  Array.from({ length: Math.max(a.factors.length, b.factors.length) }).every(
    (_, at) => (a.factors[at] ?? 0) === -(b.factors[at] ?? 0),
  );

/** Two shares that add up to one are one score; a softmax is one. */
function endingOf({ scores: { items, link }, labels }: ClassicAnswer): Ending {
  if (link === "none") return { transform: "none", scores: items };
  if (link === "softmax") {
    if (labels !== undefined) return { transform: "softmax", scores: items };
    throw refusal("probabilities without classes", "labels");
  }
  const [first, second] = items;
  if (items.length === 1) return { transform: "logistic", scores: items };
  if (items.length === 2 && labels !== undefined && opposite(first!, second!))
    return { transform: "logistic", scores: [second!] };
  throw refusal(
    "its classes do not exclude one another (a sigmoid for each), and Core ML's classifiers tell one",
    "a file for each class, or an ML Program",
  );
}

function endsOf(
  inputs: readonly CoremlFeature[],
  { name, labels, scores }: ClassicAnswer,
  width: number,
): Ends {
  if (labels === undefined) {
    const note = scores.link === "sigmoid" ? "A probability" : undefined;
    const type = width === 1 ? ({ kind: "double" } as const) : vectorType(width);
    return { inputs, outputs: [{ name, type, ...(note && { description: note }) }], predictedFeature: name };
  }
  const kind = textLabels(labels) ? "string" : "int64";
  const asShares = scores.link !== "none";
  return {
    inputs,
    outputs: [
      { name: LABEL, description: "The class with the highest score", type: { kind } },
      {
        name: PROBABILITY,
        description: asShares ? "The probability of each class" : "The score of each class",
        type: { kind: "dictionary", key: kind },
      },
    ],
    predictedFeature: LABEL,
    predictedProbabilities: PROBABILITY,
  };
}

const bare = ({ name, type }: CoremlFeature): CoremlFeature => ({ name, type });

/** The last stage's answer as a stage: a multi-array or a number that stands for all steps. */
function stepStage(input: CoremlFeature, name: string, cells: Parameters<typeof stepTrees>[0]): Stage {
  const type = cells.length === 1 ? ({ kind: "double" } as const) : vectorType(cells.length);
  const ends = { inputs: [input], outputs: [{ name, type }], predictedFeature: name };
  return treeStage(name, ends, stepTrees(cells), "none");
}

const outputOf = ({ model }: Stage): CoremlFeature => model.description.outputs[0]!;

interface Built {
  readonly before: readonly Stage[];
  readonly last: (ends: Ends) => Stage;
  readonly inputs: readonly CoremlFeature[];
  readonly width: number;
  readonly trees?: PlannedTrees;
}

type Namer = (wanted: string) => string;

function builtTrees(
  estimator: ClassicTrees,
  { transform, scores }: Ending,
  entries: readonly ClassicEntry[],
  labels: CoremlLabels | undefined,
  namer: Namer,
): Built {
  const places = placesOf(entries);
  const columns = entries.reduce((sum, { feature }) => sum + widthOf(feature), 0);
  const codes = new Set(places.filter((_, at) => entries[at]!.texts !== undefined));
  const steps = stepList(columns);
  const trees = planTrees(estimator, scores, codes, steps);
  checkWholeColumns(entries, trees.nodes, steps.cells);
  const before: Stage[] = [];
  const told = entries.map(({ feature, texts }) => {
    if (texts === undefined) return bare(feature);
    const { codes: table, other } = textTable(texts);
    before.push(textCodes(bare(feature), namer(`${feature.name}Code`), table, other));
    return outputOf(before.at(-1)!);
  });
  let inputs: readonly CoremlFeature[] = told;
  if (steps.cells.length > 0) {
    const vector = told.length === 1 && told[0]!.type.kind === "array" ? told[0]! : undefined;
    if (vector === undefined) before.push(joinedVector(told, namer("columns")));
    const all = vector ?? outputOf(before.at(-1)!);
    before.push(stepStage(all, namer("steps"), steps.cells));
    before.push(joinedVector([all, outputOf(before.at(-1)!)], namer("features")));
    inputs = [outputOf(before.at(-1)!)];
  } else if (told.length > 1 && told.some(({ type }) => type.kind === "array")) {
    before.push(joinedVector(told, namer("features")));
    inputs = [outputOf(before.at(-1)!)];
  }
  const name = namer("trees");
  return {
    before,
    inputs,
    width: scores.length,
    trees,
    last: (ends) => treeStage(name, ends, trees, transform, labels),
  };
}

function builtLinear(
  answer: ClassicAnswer,
  { transform, scores }: Ending,
  entries: readonly ClassicEntry[],
  namer: Namer,
): Built {
  const { estimator } = answer.scores;
  if (estimator.kind !== "linear") throw new Error("a linear model");
  const places = placesOf(entries);
  const columns = entries.reduce((sum, { feature }) => sum + widthOf(feature), 0);
  const codes = new Map(
    entries.flatMap(({ texts }, at) =>
      texts ? [[places[at]!, { count: texts.length, other: textTable(texts).other }] as const] : [],
    ),
  );
  const steps = stepList(columns);
  const plan = planLinear(estimator, scores, codes, steps);
  checkWholeColumns(entries, [], steps.cells);
  const numeric = entries.flatMap((entry, at) => (entry.texts ? [] : [{ ...entry, place: places[at]! }]));
  const before: Stage[] = [];
  const parts: { readonly feature: CoremlFeature; readonly weights: readonly (readonly number[])[] }[] = [];
  const zeros = scores.map(() => 0);

  // Columns that something asks, in the order of the graph; steps count them by these places.
  const asked = (place: number, width: number): boolean =>
    Array.from({ length: width }, (_, at) => place + at).some(
      (column) => plan.numbers.has(column) || steps.cells.some((cell) => cell.column === column),
    );
  const used = numeric.filter(({ feature, place }) => asked(place, widthOf(feature)));
  const order = used.flatMap(({ feature, place }) =>
    Array.from({ length: widthOf(feature) }, (_, at) => place + at),
  );
  if (used.length > 0) {
    const single =
      used.length === 1 && used[0]!.feature.type.kind === "array" ? bare(used[0]!.feature) : undefined;
    if (single === undefined)
      before.push(
        joinedVector(
          used.map(({ feature }) => bare(feature)),
          namer("numbers"),
        ),
      );
    const raw = single ?? outputOf(before.at(-1)!);
    const of = <T>(read: (column: number) => T): readonly T[] => order.map(read);
    if (plan.numbers.size > 0) {
      let vector = raw;
      const fill = of((column) => plan.numbers.get(column)?.fill ?? 0);
      if (fill.some((value) => !Number.isNaN(value))) {
        before.push(filledVector(vector, namer("filled"), fill));
        vector = outputOf(before.at(-1)!);
      }
      const lines = of((column) => plan.numbers.get(column)?.line ?? { scale: 0, shift: 0 });
      if (lines.some(({ scale, shift }) => scale !== 1 || shift !== 0)) {
        before.push(scaledVector(vector, namer("scaled"), lines));
        vector = outputOf(before.at(-1)!);
      }
      parts.push({ feature: vector, weights: of((column) => plan.numbers.get(column)?.weights ?? zeros) });
    }
    if (steps.cells.length > 0) {
      const moved = steps.cells.map((cell) => ({ ...cell, column: order.indexOf(cell.column) }));
      before.push(stepStage(raw, namer("steps"), moved));
      parts.push({
        feature: outputOf(before.at(-1)!),
        weights: steps.cells.map((_, at) => plan.steps.get(columns + at) ?? zeros),
      });
    }
  }
  for (const [at, { feature, texts }] of entries.entries()) {
    const weights = texts && plan.texts.get(places[at]!);
    if (texts === undefined || weights === undefined) continue;
    const { codes: table } = textTable(texts);
    before.push(
      oneHotTexts(
        bare(feature),
        namer(`${feature.name}OneHot`),
        table.map(([text]) => text),
      ),
    );
    parts.push({ feature: outputOf(before.at(-1)!), weights: table.map(([, code]) => weights[code + 1]!) });
  }
  if (parts.length === 0)
    throw refusal("it says the same of every row: no column has a weight", "a constant in the app");
  if (parts.length > 1)
    before.push(
      joinedVector(
        parts.map(({ feature }) => feature),
        namer("features"),
      ),
    );
  const input = parts.length > 1 ? outputOf(before.at(-1)!) : parts[0]!.feature;
  const byFeature = parts.flatMap(({ weights }) => weights);
  const own = {
    weights: scores.map((_, output) => byFeature.map((weights) => weights[output]!)),
    offsets: plan.offsets,
  };
  const { labels } = answer;
  if (labels !== undefined && transform === "none")
    throw refusal(
      "a linear model's scores without a softmax are no classes to Core ML",
      "a softmax at the end",
    );
  if (labels === undefined && scores.length > 1)
    throw refusal("Core ML's linear regressors tell one number", "a file for each output, or an ML Program");
  const name = namer("linear");
  const told = labels !== undefined && transform === "softmax" ? againstFirst(own) : own;
  return {
    before,
    inputs: [input],
    width: scores.length,
    last: (ends) => linearStage(name, ends, told, transform === "logistic", labels),
  };
}

function metadataOf(
  options: AssembledMetadata,
  name: string,
): NonNullable<CoremlModel["description"]["metadata"]> {
  const { description, author, license, version, metadata } = options;
  return {
    description: description ?? name,
    ...(author !== undefined && { author }),
    ...(license !== undefined && { license }),
    ...(version !== undefined && { version }),
    custom: { ...metadata, checked: "not run on Apple hardware" },
  };
}

/** Puts a model together of what a graph was found to say. @throws a `ClassicRefusal` */
export function assembled(
  entries: readonly ClassicEntry[],
  answer: ClassicAnswer,
  options: AssembledMetadata & { readonly name: string },
): Assembled {
  const { labels, scores } = answer;
  const ending = endingOf(answer);
  checkNumbers(scores.estimator, ending);
  const taken = [...entries.map(({ feature }) => feature.name), LABEL, PROBABILITY, answer.name];
  const namer = nameGiver(taken);
  const built =
    scores.estimator.kind === "trees"
      ? builtTrees(scores.estimator, ending, entries, labels, namer)
      : builtLinear(answer, ending, entries, namer);
  const ends = endsOf(built.inputs, answer, built.width);
  const metadata = metadataOf(options, options.name);
  const outer = { ...ends, inputs: entries.map(({ feature }) => feature), metadata };
  const more = { ...(labels && { labels }), ...(built.trees && { trees: built.trees }) };
  if (built.before.length === 0) {
    const { model } = built.last(ends);
    return { model: { ...model, description: outer }, stages: [], ...more };
  }
  const last = built.last({ ...ends, outputs: ends.outputs.map(bare) });
  const stages = [...built.before, last];
  const pipeline = (): ReturnType<typeof messageField>[] => [
    messageField(1, [
      ...stages.map(({ model }) => messageField(1, () => modelFields(model))),
      ...stages.map(({ name }) => textField(2, name)),
    ]),
  ];
  return {
    model: {
      specificationVersion: CLASSIC_VERSION,
      form: labels === undefined ? "pipelineRegressor" : "pipelineClassifier",
      description: outer,
      body: pipeline,
    },
    stages: stages.map(({ model }) => model.form),
    ...more,
  };
}
