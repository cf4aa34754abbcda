import { hasStandardForm, isOpName, OPS, type OnnxModel } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";

/** Operators that exporters write and no runtime of phones has here, with what to ask the exporter for. */
const INSTEAD: Readonly<Record<string, string>> = {
  If: "a model without branches: export it in evaluation mode, for one way through",
  Loop: "a number of steps that is a constant: a fixed length of the sequence, no end that the numbers decide",
  Scan: "a fixed length of the sequence, or a recurrent layer (GRU, LSTM)",
  NonZero: "Where with a mask",
  NonMaxSuppression: "boxes and scores as outputs, and the choice in the app",
  StringNormalizer: "lower-case texts in the app, or a tokenizer of @tideline/learn",
  Tokenizer: "ids of tokens as inputs: @tideline/learn reads tokenizer.json",
  DictVectorizer: "a column for each key of the maps, or texts that OneHotEncoder takes",
  LabelEncoder:
    "texts as an input [N, 1] for each column (a ColumnTransformer, and initial types of one StringTensorType([None, 1]) a column), or codes and the dictionary in the app",
};

/** An operator that is not known, with what to do. */
export interface UnknownOperator {
  readonly op: string;
  readonly nodes: number;
  readonly reason: string;
  readonly instead: string;
}

/** Whether an operator is one that this package has. */
function isKnown({ op, domain }: OnnxModel["graph"]["nodes"][number]): boolean {
  const definition: { readonly domain?: string } | undefined = isOpName(op) ? OPS[op] : undefined;
  return definition !== undefined && (definition.domain ?? "") === (domain === "ai.onnx" ? "" : domain);
}

/** Operators of a graph that are neither this package's nor the model's own functions, each once. */
export function unknownOperators({ graph, functions = [] }: OnnxModel): readonly UnknownOperator[] {
  const own = new Set(functions.map(({ name, domain }) => `${domain}.${name}`));
  const strange = graph.nodes.filter((node) => !isKnown(node) && !own.has(`${node.domain}.${node.op}`));
  return [...Map.groupBy(strange, ({ op, domain }) => (domain === "" ? op : `${domain}.${op}`))].map(
    ([op, nodes]) => ({
      op,
      nodes: nodes.length,
      reason: "it is no operator that this package has (docs/operators.md)",
      instead: INSTEAD[nodes[0]!.op] ?? "operators of docs/operators.md; export with an opset of 18 to 22",
    }),
  );
}

/** Operators on texts: of their chains the writers say themselves what they take. */
const OF_TEXTS: ReadonlySet<string> = new Set([
  "StringNormalizer",
  "TfIdfVectorizer",
  "LabelEncoder",
  "com.microsoft.Tokenizer",
]);

/**
 * Wants a model whose operators files are written of: not as an exporter wrote it, where `tideline import` writes it in others.
 *
 * @throws `MODEL_UNSUPPORTED`
 */
export function demandKnown(file: string, model: OnnxModel): void {
  const { nodes } = model.graph;
  const foreign = new Set(nodes.filter(hasStandardForm).map(({ op }) => op));
  const sets = model.opsets.map(({ domain }) => (domain === "ai.onnx" ? "" : domain));
  if (foreign.size > 0 || new Set(sets).size < sets.length)
    throw tidelineError("MODEL_UNSUPPORTED", {
      who: file,
      expected: "a model as tideline import writes it",
      received: [...foreign].slice(0, 12).join(", ") || "an operator set that is named twice",
      remedy: `Run tideline import ${file} --out imported.onnx first, and go on with what it writes.`,
    });
  const unknown = unknownOperators(model).filter(
    ({ op }) => !OF_TEXTS.has(op.replace(/^ai\.onnx\.ml\./, "")),
  );
  if (unknown.length === 0) return;
  throw tidelineError("MODEL_UNSUPPORTED", {
    who: file,
    expected: "operators of docs/operators.md",
    received: unknown
      .slice(0, 12)
      .map(({ op }) => op)
      .join(", "),
    remedy: `tideline import ${file} says of each what to use instead.`,
  });
}
