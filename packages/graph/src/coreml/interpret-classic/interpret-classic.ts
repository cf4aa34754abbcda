import { malformedForm } from "./read-classic-form.ts";
import type { ClassicBody, ClassicForm, FormNode } from "./classic-form.ts";

/** A value of an interface: a number, a text, a vector, or numbers by label. */
export type ClassicFeature = number | string | readonly number[] | ReadonlyMap<string | number, number>;

/** The values of a row by name. */
export type ClassicRow = Readonly<Record<string, ClassicFeature>>;

const LEAF = 6;

/** The answers of `TreeNodeBehavior`, in the order of its numbers. */
const ANSWERS: readonly ((x: number, value: number) => boolean)[] = [
  (x, value) => x <= value,
  (x, value) => x < value,
  (x, value) => x >= value,
  (x, value) => x > value,
  (x, value) => x === value,
  (x, value) => x !== value,
];

/** Trees as maps, and their first nodes: made once, walked for every row. */
interface Walk {
  readonly roots: readonly FormNode[];
  readonly child: (node: FormNode, id: number) => FormNode;
}

const walks = new WeakMap<readonly FormNode[], Walk>();

function walkOf(nodes: readonly FormNode[]): Walk {
  const known = walks.get(nodes);
  if (known !== undefined) return known;
  const byTree = new Map<number, Map<number, FormNode>>();
  for (const node of nodes) {
    const tree = byTree.get(node.tree) ?? new Map<number, FormNode>();
    byTree.set(node.tree, tree.set(node.id, node));
  }
  const roots = [...byTree.values()].map((tree) => {
    const children = new Set(
      [...tree.values()].flatMap((node) => (node.behaviour === LEAF ? [] : [node.yes, node.no])),
    );
    return [...tree.values()].find(({ id }) => !children.has(id))!;
  });
  const made: Walk = { roots, child: (node, id) => byTree.get(node.tree)!.get(id)! };
  walks.set(nodes, made);
  return made;
}

function sumOfLeaves(
  { nodes, outputs, base }: Extract<ClassicBody, { kind: "trees" }>,
  row: readonly number[],
): readonly number[] {
  const sums = Array.from({ length: outputs }, (_, output) => base[output] ?? 0);
  const { roots, child } = walkOf(nodes);
  for (const root of roots) {
    let node = root;
    while (node.behaviour !== LEAF) {
      const x = row[node.feature];
      if (x === undefined) throw malformedForm("feature index", `below ${row.length}`, String(node.feature));
      // A missing value goes where the node says, whatever the comparison would.
      const yes = Number.isNaN(x) ? node.missingYes : ANSWERS[node.behaviour]!(x, node.value);
      node = child(node, yes ? node.yes : node.no);
    }
    for (const [output, value] of node.values) sums[output]! += value;
  }
  return sums;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

function softmax(scores: readonly number[]): readonly number[] {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** `TreeEnsemblePostEvaluationTransform`: of one score of two classes the second one's share is its logistic. */
function sharesOfTrees(transform: number, scores: readonly number[], classes: number): readonly number[] {
  if (classes > scores.length) {
    if (transform === 2) return [logistic(-scores[0]!), logistic(scores[0]!)];
    throw malformedForm(
      "postEvaluationTransform",
      "2, a logistic, for one score of two classes",
      String(transform),
    );
  }
  if (transform === 0) return scores;
  if (transform === 1) return softmax(scores);
  throw malformedForm("postEvaluationTransform", "0 or 1 for a score of each class", String(transform));
}

function classified(
  form: ClassicForm,
  labels: readonly (string | number)[],
  shares: readonly number[],
): ClassicRow {
  let best = 0;
  for (const [at, share] of shares.entries()) if (share > shares[best]!) best = at;
  const by = new Map(labels.map((label, at) => [label, shares[at]!] as const));
  return { [form.predicted]: labels[best]!, [form.probabilities]: by };
}

/** The numbers of a model's inputs, behind each other. */
function numbersOf(form: ClassicForm, row: ClassicRow): readonly number[] {
  return form.inputs.flatMap(({ name, type }) => {
    const value = row[name];
    if (typeof value === "number" && type.kind !== "array") return [value];
    if (Array.isArray(value) && type.kind === "array" && type.shape[0] === value.length)
      return value as readonly number[];
    throw malformedForm(`input "${name}"`, JSON.stringify(type), String(value));
  });
}

const told = (form: ClassicForm, values: readonly number[]): ClassicRow => {
  const name = form.predicted === "" ? form.outputs[0]!.name : form.predicted;
  const type = form.outputs.find((output) => output.name === name)?.type;
  return { [name]: type?.kind === "array" ? values : values[0]! };
};

/** The text of the one input of a stage that reads texts. */
function textOf(form: ClassicForm, row: ClassicRow): string {
  const value = row[form.inputs[0]!.name];
  if (typeof value === "string") return value;
  throw malformedForm(`input "${form.inputs[0]!.name}"`, "a text", String(value));
}

function textStage(form: ClassicForm, row: ClassicRow): ClassicRow {
  const { body } = form;
  const text = textOf(form, row);
  if (body.kind === "mapping") return told(form, [body.codes.get(text) ?? body.other]);
  const { categories, ignore } = body as Extract<ClassicBody, { kind: "oneHot" }>;
  if (!ignore && !categories.includes(text)) throw malformedForm("category", categories.join(", "), text);
  return told(
    form,
    categories.map((category) => (category === text ? 1 : 0)),
  );
}

/** What a model says of one row. */
function runForm(form: ClassicForm, row: ClassicRow): ClassicRow {
  const { body } = form;
  if (body.kind === "pipeline") {
    let known = row;
    for (const model of body.models) known = { ...known, ...runForm(model, known) };
    return Object.fromEntries(form.outputs.map(({ name }) => [name, known[name]!]));
  }
  if (body.kind === "mapping" || body.kind === "oneHot") return textStage(form, row);
  const numbers = numbersOf(form, row);
  const at = (list: readonly number[], place: number, otherwise: number): number =>
    list.length === 0 ? otherwise : list[list.length === 1 ? 0 : place]!;
  switch (body.kind) {
    case "vector":
      return told(form, numbers);
    case "imputer": {
      const { fill, replace } = body;
      const goes = (x: number): boolean => x === replace || (Number.isNaN(x) && Number.isNaN(replace));
      return told(
        form,
        numbers.map((x, place) => (goes(x) ? at(fill, place, x) : x)),
      );
    }
    case "scaler":
      return told(
        form,
        numbers.map((x, place) => at(body.scale, place, 1) * (x + at(body.shift, place, 0))),
      );
    case "trees": {
      const sums = sumOfLeaves(body, numbers);
      if (body.labels !== undefined)
        return classified(form, body.labels, sharesOfTrees(body.transform, sums, body.labels.length));
      if (body.transform === 0 || body.transform === 2)
        return told(form, body.transform === 2 ? sums.map(logistic) : sums);
      throw malformedForm("postEvaluationTransform", "0 or 2 for numbers", String(body.transform));
    }
    case "linear": {
      const scores = body.weights.map((weights, output) =>
        weights.reduce((sum, weight, place) => sum + weight * numbers[place]!, body.offsets[output]!),
      );
      if (body.labels === undefined) return told(form, body.transform === 1 ? scores.map(logistic) : scores);
      if (body.transform !== 0 || body.encoding !== 0)
        throw malformedForm(
          "glmClassifier",
          "a logit against the first class",
          `${body.transform}, ${body.encoding}`,
        );
      // Of two classes the logistic, which has an answer to an infinite score, too.
      return classified(
        form,
        body.labels,
        scores.length === 1 ? [logistic(-scores[0]!), logistic(scores[0]!)] : softmax([0, ...scores]),
      );
    }
  }
}

/**
 * Runs a classic Core ML model on one row, in double precision: an interpreter by itself, which shares nothing with the
 * writer or with the interpreter of graphs, after the comments of Apple's .proto files. It has not been compared with Apple's own
 * (not run on Apple hardware).
 *
 * @returns the outputs by name; probabilities as a map from label to number
 * @throws MODEL_MALFORMED where the row or the model does not fit.
 */
export const interpretClassic = (form: ClassicForm, row: ClassicRow): ClassicRow => runForm(form, row);
