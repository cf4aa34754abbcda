import { tidelineError, type TidelineError } from "@tideline/spec";
import { readWire, type WireMessage } from "../read/wire.ts";
import type {
  ClassicBody,
  ClassicForm,
  FormFeature,
  FormLabels,
  FormNode,
  FormType,
} from "./classic-form.ts";

/** An error of a model that is malformed. */
export function malformedForm(field: string, expected: string, received: string): TidelineError {
  return tidelineError("MODEL_MALFORMED", { who: "readClassicForm", field, expected, received });
}

/** Pipelines within pipelines beyond which nobody means it. */
const DEEPEST = 8;

function typeOf(message: WireMessage | undefined): FormType {
  const [field] = message?.numbers.filter((number) => number < 10) ?? [];
  if (message === undefined || field === undefined) return { kind: "other" };
  if (field === 1) return { kind: "int64" };
  if (field === 2) return { kind: "double" };
  if (field === 3) return { kind: "string" };
  if (field === 5) {
    const array = message.message(5)!;
    return { kind: "array", shape: array.ints(1), dataType: array.int(2) };
  }
  if (field === 6)
    return { kind: "dictionary", key: message.message(6)!.numbers.includes(1) ? "int64" : "string" };
  return { kind: "other" };
}

const featureOf = (message: WireMessage): FormFeature => ({
  name: message.text(1),
  type: typeOf(message.message(3)),
});

/** Labels in field 100 (texts) or 101 (whole numbers). */
function labelsOf(message: WireMessage): FormLabels | undefined {
  return message.message(100)?.texts(1) ?? message.message(101)?.ints(1);
}

function nodeOf(message: WireMessage): FormNode {
  return {
    tree: message.int(1),
    id: message.int(2),
    behaviour: message.int(3),
    feature: message.int(10),
    value: message.double(11),
    yes: message.int(12),
    no: message.int(13),
    missingYes: message.int(14) !== 0,
    values: message.messages(20).map((value) => [value.int(1), value.double(2)] as const),
  };
}

const inside = (message: WireMessage | undefined, field: string): WireMessage => {
  if (message === undefined) throw malformedForm(field, "a message", "none");
  return message;
};

function treesOf(message: WireMessage): ClassicBody {
  const parameters = inside(message.message(1), "treeEnsemble");
  const labels = labelsOf(message);
  return {
    kind: "trees",
    nodes: parameters.messages(1).map(nodeOf),
    outputs: parameters.int(2),
    base: parameters.doubles(3),
    transform: message.int(2),
    ...(labels && { labels }),
  };
}

function linearOf(message: WireMessage): ClassicBody {
  const labels = labelsOf(message);
  return {
    kind: "linear",
    weights: message.messages(1).map((row) => row.doubles(1)),
    offsets: message.doubles(2),
    transform: message.int(3),
    encoding: message.int(4),
    ...(labels && { labels }),
  };
}

function mappingOf(message: WireMessage): ClassicBody {
  const map = inside(message.message(1), "stringToInt64Map");
  const codes = new Map(map.messages(1).map((entry) => [entry.text(1), entry.int(2)] as const));
  return { kind: "mapping", codes, other: message.int(102) };
}

const READERS: Readonly<
  Record<number, readonly [form: string, read: (message: WireMessage, depth: number) => ClassicBody]>
> = {
  200: ["pipelineClassifier", (message, depth) => pipelineOf(inside(message.message(1), "pipeline"), depth)],
  201: ["pipelineRegressor", (message, depth) => pipelineOf(inside(message.message(1), "pipeline"), depth)],
  202: ["pipeline", (message, depth) => pipelineOf(message, depth)],
  300: ["glmRegressor", linearOf],
  302: ["treeEnsembleRegressor", treesOf],
  400: ["glmClassifier", linearOf],
  402: ["treeEnsembleClassifier", treesOf],
  600: [
    "oneHotEncoder",
    (message) => ({
      kind: "oneHot",
      categories: message.message(1)?.texts(1) ?? message.message(2)?.ints(1) ?? [],
      ignore: message.int(11) === 1,
    }),
  ],
  601: [
    "imputer",
    (message) => ({
      kind: "imputer",
      fill: message.message(4)?.doubles(1) ?? [message.double(1)],
      replace: message.double(11),
    }),
  ],
  602: [
    "featureVectorizer",
    (message) => ({
      kind: "vector",
      parts: message.messages(1).map((part) => ({ name: part.text(1), length: part.int(2) })),
    }),
  ],
  604: ["scaler", (message) => ({ kind: "scaler", shift: message.doubles(1), scale: message.doubles(2) })],
  606: ["categoricalMapping", mappingOf],
};

function pipelineOf(message: WireMessage, depth: number): ClassicBody {
  if (depth >= DEEPEST) throw malformedForm("pipeline", `at most ${DEEPEST} within each other`, "more");
  return {
    kind: "pipeline",
    models: message.messages(1).map((model) => formOf(model, depth + 1)),
    names: message.texts(2),
  };
}

function formOf(message: WireMessage, depth: number): ClassicForm {
  const description = inside(message.message(2), "description");
  const fields = message.numbers.filter((number) => number >= 200);
  const reader = fields.length === 1 ? READERS[fields[0]!] : undefined;
  if (reader === undefined)
    throw malformedForm(
      "Model",
      `one form among ${Object.values(READERS)
        .map(([form]) => form)
        .join(", ")}`,
      `fields ${fields.join(", ") || "none"}`,
    );
  const [form, read] = reader;
  return {
    version: message.int(1),
    form,
    inputs: description.messages(1).map(featureOf),
    outputs: description.messages(10).map(featureOf),
    predicted: description.text(11),
    probabilities: description.text(12),
    body: read(inside(message.message(fields[0]!), form), depth),
  };
}

/**
 * Reads a classic Core ML model: its interface and what it computes, for the interpreter and the checks.
 *
 * @throws MODEL_MALFORMED for bytes that are none, and for forms that this package does not write.
 */
export const readClassicForm = (bytes: Uint8Array): ClassicForm => formOf(readWire(bytes), 0);
