import { intField, messageField, textField, type ProtoField } from "../describe/message.ts";
import { textLabels, type CoremlLabels } from "../describe/index.ts";
import {
  constantFields,
  namedField,
  textValueFields,
  typeFieldsOf,
  valueTypeFields,
} from "./encode-value.ts";
import { identifiers } from "./identifier.ts";
import type { MilArgument, MilGraph, MilOperator, MilTensor } from "./mil-graph.ts";
import { FLOAT64_CODE, STRING_CODE } from "./mil-type.ts";
import type { WeightFile } from "./weight-file.ts";

/** What a classifier says: a tensor with a probability for each label, and what the two outputs are called. */
export interface MilClassifier {
  readonly probabilities: MilTensor;
  readonly labels: CoremlLabels;
  readonly names: readonly [label: string, probabilities: string];
}

const INT64_CODE = 24;

/** An entry of a `map<string, ...>`. */
const entry = (field: number, key: string, value: readonly ProtoField[]): ProtoField =>
  messageField(field, [textField(1, key), messageField(2, value)]);

const named = (name: string): ProtoField => messageField(1, [textField(1, name)]);

/** Operators whose inputs are part of themselves, computed when a model is loaded. */
const isConstantExpression = (op: string): boolean => op.startsWith("constexpr_");

/** The list of a classifier's labels, which its operator holds itself. */
function labelListFields(labels: CoremlLabels): readonly ProtoField[] {
  const texts = textLabels(labels);
  const code = texts ? STRING_CODE : INT64_CODE;
  const scalar = valueTypeFields(code, []);
  const length = messageField(2, [messageField(1, [intField(1, labels.length)])]);
  const values = labels.map((label: string | number) =>
    messageField(
      1,
      texts
        ? textValueFields(label as string)
        : [
            messageField(2, scalar),
            messageField(3, [messageField(1, [messageField(5, [intField(1, label as number)])])]),
          ],
    ),
  );
  return [
    messageField(2, [messageField(2, [messageField(1, scalar), length])]),
    messageField(3, [messageField(3, values)]),
  ];
}

function classifyField({ labels, names: [label, probabilities] }: MilClassifier, source: string): ProtoField {
  const key = valueTypeFields(textLabels(labels) ? STRING_CODE : INT64_CODE, []);
  const dictionary = messageField(4, [
    messageField(1, key),
    messageField(2, valueTypeFields(FLOAT64_CODE, [])),
  ]);
  return messageField(3, [
    textField(1, "classify"),
    entry(2, "probabilities", [named(source)]),
    entry(2, "classes", [messageField(1, [messageField(2, labelListFields(labels))])]),
    namedField(3, label, key),
    namedField(3, probabilities, [dictionary]),
    entry(5, "name", textValueFields("classify")),
  ]);
}

/**
 * The fields of a `Program`: one function `main`. Constants are operators before those that first use them.
 *
 * @param ends the names of the graph's inputs and outputs, which are identifiers and different ones.
 * @param opset the set of operators, as `CoreML5`.
 */
export function programFields(
  graph: MilGraph,
  ends: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
  opset: string,
  weights: WeightFile,
  classifier?: MilClassifier,
): readonly ProtoField[] {
  const { one: fresh } = identifiers();
  const names = new Map<MilTensor, string>();
  for (const [at, tensor] of graph.inputs.entries()) names.set(tensor, fresh(ends.inputs[at]!));
  for (const [at, tensor] of graph.outputs.entries()) names.set(tensor, fresh(ends.outputs[at]!));
  for (const name of classifier?.names ?? []) fresh(name);
  const texts = new Map<string, string>();
  const operations: ProtoField[] = [];

  const nameOf = (tensor: MilTensor): string => {
    const found = names.get(tensor);
    if (found !== undefined) return found;
    const name = fresh(tensor.name);
    names.set(tensor, name);
    if (tensor.values !== undefined)
      define("const", name, constantFields(tensor, weights), typeFieldsOf(tensor));
    return name;
  };
  const define = (
    op: string,
    name: string,
    value: readonly ProtoField[],
    type: readonly ProtoField[],
  ): void => {
    operations.push(
      messageField(3, [
        textField(1, op),
        namedField(3, name, type),
        entry(5, "name", textValueFields(name)),
        entry(5, "val", value),
      ]),
    );
  };
  const textName = (text: string): string => {
    const found = texts.get(text);
    if (found !== undefined) return found;
    const name = fresh(`text_${text}`);
    texts.set(text, name);
    define("const", name, textValueFields(text), valueTypeFields(STRING_CODE, []));
    return name;
  };
  const bindings = (argument: MilArgument): readonly ProtoField[] => {
    if (typeof argument === "string") return [named(textName(argument))];
    return [argument].flat().map((tensor) => named(nameOf(tensor as MilTensor)));
  };
  const write = ({ op, inputs, outputs }: MilOperator): void => {
    const given = Object.entries(inputs).flatMap(([key, argument]) =>
      argument === undefined ? [] : [[key, argument] as const],
    );
    const constant = isConstantExpression(op);
    const fields = given.map(([key, argument]) =>
      constant
        ? entry(5, key, constantFields(argument as MilTensor, weights))
        : entry(2, key, bindings(argument)),
    );
    const results = outputs.map((tensor) => namedField(3, nameOf(tensor), typeFieldsOf(tensor)));
    const title = entry(5, "name", textValueFields(`${names.get(outputs[0]!)!}_op`));
    operations.push(
      messageField(3, [
        textField(1, op),
        ...(constant ? [] : fields),
        ...results,
        title,
        ...(constant ? fields : []),
      ]),
    );
  };

  for (const operator of graph.operators) write(operator);
  if (classifier !== undefined) operations.push(classifyField(classifier, nameOf(classifier.probabilities)));
  const results = [...(classifier?.names ?? []), ...graph.outputs.map((tensor) => names.get(tensor)!)];
  const block = [...results.map((name) => textField(2, name)), ...operations];
  const main = [
    ...graph.inputs.map((tensor) => namedField(1, names.get(tensor)!, typeFieldsOf(tensor))),
    textField(2, opset),
    entry(3, opset, block),
  ];
  return [intField(1, 1), entry(2, "main", main)];
}
