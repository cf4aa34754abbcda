import { malformedForm } from "./read-classic-form.ts";
import type { ClassicBody, ClassicForm, FormFeature, FormNode, FormType } from "./classic-form.ts";

const DOUBLE_ARRAY = 65_600;
const LEAF = 6;

/** How many numbers a feature is; undefined for what is no number. */
const lengthOf = (type: FormType): number | undefined =>
  type.kind === "array"
    ? type.shape.reduce((product, length) => product * length, 1)
    : type.kind === "int64" || type.kind === "double"
      ? 1
      : undefined;

const isSame = (a: FormType, b: FormType): boolean => JSON.stringify(a) === JSON.stringify(b);

const said = (type: FormType): string => JSON.stringify(type);

function fail(where: string, expected: string, received: string | number): Error {
  return malformedForm(where, expected, String(received));
}

/** The numbers that a model takes, behind each other. */
function widthOf(where: string, inputs: readonly FormFeature[]): number {
  return inputs.reduce((sum, { name, type }) => {
    const length = lengthOf(type);
    if (length === undefined) throw fail(`${where}, input ${name}`, "numbers", said(type));
    return sum + length;
  }, 0);
}

function checkNode(where: string, node: FormNode, width: number, outputs: number): void {
  if (node.behaviour === LEAF) {
    if (node.values.length === 0) throw fail(where, "a leaf that adds something", "none");
    const seen = new Set<number>();
    for (const [output] of node.values) {
      if (output < 0 || output >= outputs) throw fail(where, `outputs below ${outputs}`, output);
      if (seen.has(output)) throw fail(where, "each output once", output);
      seen.add(output);
    }
    return;
  }
  if (node.behaviour < 0 || node.behaviour > LEAF)
    throw fail(where, "a behaviour from 0 to 6", node.behaviour);
  if (node.feature < 0 || node.feature >= width)
    throw fail(where, `a feature index below ${width}`, node.feature);
  if (Number.isNaN(node.value)) throw fail(where, "a number to compare with", "NaN");
  if (node.yes === node.no) throw fail(where, "two different children", node.yes);
}

/** Each tree has one node without a parent, all others one parent, and no way back. */
function checkTrees(where: string, body: Extract<ClassicBody, { kind: "trees" }>, width: number): void {
  const { nodes, outputs, base } = body;
  if (outputs < 1) throw fail(where, "at least one output", outputs);
  if (base.length !== 0 && base.length !== outputs) throw fail(where, `${outputs} base values`, base.length);
  if (nodes.length === 0) throw fail(where, "at least one node", "none");
  const trees = new Map<number, Map<number, FormNode>>();
  for (const node of nodes) {
    const tree = trees.get(node.tree) ?? new Map<number, FormNode>();
    trees.set(node.tree, tree);
    const own = `${where}, tree ${node.tree}, node ${node.id}`;
    if (tree.has(node.id)) throw fail(own, "each node once", "twice");
    tree.set(node.id, node);
    checkNode(own, node, width, outputs);
  }
  for (const [id, tree] of trees) {
    const parents = new Set<number>();
    for (const node of tree.values()) {
      if (node.behaviour === LEAF) continue;
      for (const child of [node.yes, node.no]) {
        const own = `${where}, tree ${id}, node ${node.id}`;
        if (!tree.has(child)) throw fail(own, "children that are there", child);
        if (parents.has(child)) throw fail(own, "children of one node only", child);
        parents.add(child);
      }
    }
    const roots = [...tree.keys()].filter((node) => !parents.has(node));
    if (roots.length !== 1) throw fail(`${where}, tree ${id}`, "one root", roots.length);
    // With one root and one parent each, what the root does not reach leads back to itself.
    let reached = 0;
    const pending = [tree.get(roots[0]!)!];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      reached++;
      if (node.behaviour !== LEAF) pending.push(tree.get(node.yes)!, tree.get(node.no)!);
    }
    if (reached !== tree.size)
      throw fail(`${where}, tree ${id}`, "no way back", `${tree.size - reached} nodes`);
  }
}

function checkLabels(
  where: string,
  form: ClassicForm,
  labels: readonly (string | number)[],
  count: number,
): void {
  if (labels.length !== count) throw fail(where, `${count} labels`, labels.length);
  if (new Set(labels).size !== labels.length) throw fail(where, "labels that differ", labels.join(", "));
  const kind = labels.every((label) => typeof label === "string") ? "string" : "int64";
  const output = (name: string): FormType | undefined => form.outputs.find((one) => one.name === name)?.type;
  const label = output(form.predicted);
  if (label?.kind !== kind) throw fail(where, `an output of ${kind} for the label`, form.predicted);
  const shares = output(form.probabilities);
  if (shares?.kind !== "dictionary" || shares.key !== kind)
    throw fail(where, `a dictionary of ${kind} for the probabilities`, form.probabilities);
}

function checkNumber(where: string, form: ClassicForm, count: number): void {
  const type = form.outputs.find(({ name }) => name === form.predicted)?.type;
  const fits = count === 1 ? type?.kind === "double" : type?.kind === "array" && lengthOf(type) === count;
  if (!fits) throw fail(where, `an output of ${count} numbers`, `${form.predicted}: ${type && said(type)}`);
}

function checkPipeline(
  where: string,
  form: ClassicForm,
  models: readonly ClassicForm[],
  names: readonly string[],
): void {
  if (models.length === 0) throw fail(where, "at least one stage", "none");
  if (names.length !== 0 && (names.length !== models.length || new Set(names).size !== names.length))
    throw fail(where, "a name of its own for each stage", names.join(", "));
  const known = new Map(form.inputs.map(({ name, type }) => [name, type]));
  for (const [at, model] of models.entries()) {
    const own = `${where}, stage ${at} (${names[at] ?? model.form})`;
    for (const { name, type } of model.inputs) {
      const made = known.get(name);
      if (made === undefined) throw fail(own, "inputs that something gives", name);
      if (!isSame(made, type)) throw fail(`${own}, input ${name}`, said(made), said(type));
    }
    if (model.version > form.version) throw fail(own, `version ${form.version} at most`, model.version);
    checkForm(own, model);
    for (const { name, type } of model.outputs) {
      if (known.has(name)) throw fail(own, "outputs with names of their own", name);
      known.set(name, type);
    }
  }
  for (const { name, type } of form.outputs) {
    const made = known.get(name);
    if (made === undefined || !isSame(made, type))
      throw fail(
        `${where}, output ${name}`,
        "what a stage gives",
        made === undefined ? "nothing" : said(made),
      );
  }
  const last = models.at(-1)!;
  if (last.predicted !== form.predicted || last.probabilities !== form.probabilities)
    throw fail(where, `what the last stage predicts: ${last.predicted}`, form.predicted);
}

/** One input and one output of so many numbers. */
function checkVector(where: string, form: ClassicForm, length: number, lists: readonly number[]): void {
  const [output] = form.outputs;
  if (lengthOf(output!.type) !== length || form.outputs.length !== 1)
    throw fail(where, `an output of ${length} numbers`, said(output!.type));
  for (const list of lists)
    if (list !== length && list !== 1 && list !== 0) throw fail(where, `${length} numbers`, list);
}

function checkForm(where: string, form: ClassicForm): void {
  const { body, inputs, outputs } = form;
  if (outputs.length === 0) throw fail(where, "outputs", "none");
  const names = [...inputs, ...outputs].map(({ name }) => name);
  if (new Set(names).size !== names.length || names.includes(""))
    throw fail(where, "each name once", names.join(", "));
  for (const { name, type } of [...inputs, ...outputs])
    if (type.kind === "other" || (type.kind === "array" && type.dataType !== DOUBLE_ARRAY))
      throw fail(`${where}, ${name}`, "a type of classic models, arrays in double precision", said(type));
  if (body.kind === "pipeline") return checkPipeline(where, form, body.models, body.names);
  if (body.kind === "oneHot" || body.kind === "mapping") {
    if (inputs.length !== 1 || inputs[0]!.type.kind !== "string")
      throw fail(where, "one text", inputs.length);
    return checkVector(where, form, body.kind === "mapping" ? 1 : body.categories.length, []);
  }
  const width = widthOf(where, inputs);
  switch (body.kind) {
    case "trees":
      checkTrees(where, body, width);
      if (body.labels === undefined) checkNumber(where, form, body.outputs);
      else checkLabels(where, form, body.labels, body.outputs === 1 ? 2 : body.outputs);
      return;
    case "linear": {
      const rows = body.weights.length;
      if (rows === 0 || body.offsets.length !== rows)
        throw fail(where, `${rows} offsets`, body.offsets.length);
      for (const row of body.weights)
        if (row.length !== width) throw fail(where, `${width} weights`, row.length);
      if (body.labels === undefined) checkNumber(where, form, rows);
      // The first class is the one that the others are compared with.
      else checkLabels(where, form, body.labels, rows + 1);
      return;
    }
    case "vector": {
      for (const [at, { name, length }] of body.parts.entries())
        if (inputs[at]?.name !== name || lengthOf(inputs[at].type) !== length)
          throw fail(where, `part ${at} to be input ${inputs[at]?.name}`, `${name} of ${length}`);
      return checkVector(where, form, width, []);
    }
    case "imputer":
      return checkVector(where, form, width, [body.fill.length]);
    case "scaler":
      return checkVector(where, form, width, [body.shift.length, body.scale.length]);
  }
}

/**
 * Whether a classic model holds together: what Apple's compiler wants of trees and pipelines, and what it does not look at,
 * such as feature indices beyond the vector, numbers of labels and names that no stage gives.
 *
 * @throws MODEL_MALFORMED that names the stage, the tree and the node.
 */
export const checkClassicForm = (form: ClassicForm): void => checkForm("model", form);
