import { scoresOf } from "./classic-operator.ts";
import { refusal } from "./classic-reason.ts";
import type { ClassicValue } from "./classic-value.ts";
import type { ClassicGraph } from "./read-classic.ts";

/** What a model says of a row: scores of an estimator, and of classes their names. */
export interface ClassicAnswer {
  readonly name: string;
  readonly scores: Extract<ClassicValue, { kind: "scores" }>;
  readonly labels?: readonly string[] | readonly number[];
}

/** Classes that the graph's metadata names, as nets and our own files do. */
function metadataLabels(metadata: Readonly<Record<string, string>>): readonly string[] | undefined {
  if (!Object.hasOwn(metadata, "classes")) return undefined;
  try {
    const read: unknown = JSON.parse(metadata["classes"]!);
    return Array.isArray(read) && read.every((label) => typeof label === "string") ? read : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The one output that is written: the scores, or a label beside them.
 *
 * @throws a `ClassicRefusal` where there is none, where there are several, and for labels that do not go with the scores
 */
export function answerOf(
  { outputs }: ClassicGraph,
  given: {
    readonly output: string | undefined;
    readonly labels: readonly string[] | readonly number[] | undefined;
    readonly metadata: Readonly<Record<string, string>>;
  },
): ClassicAnswer {
  const asked = outputs.filter(({ name, value }) =>
    given.output === undefined ? value.kind !== "label" : name === given.output,
  );
  const [one] = asked;
  if (asked.length !== 1 || one === undefined)
    throw refusal(
      `the graph has ${asked.length} outputs that are scores: ${outputs.map(({ name }) => name).join(", ")}`,
      "option output",
    );
  const { name, value } = one;
  if (value.kind === "constant" || value.kind === "label")
    throw refusal(`output "${name}" holds no scores`, "an output with the scores or probabilities");
  if (value.kind === "cells" && value.dims.length !== 1)
    throw refusal(`output "${name}" is no row of numbers`, "an ML Program");
  const scores = value.kind === "cells" ? scoresOf(value) : value;
  const count = scores.items.length;
  const named = given.labels ?? metadataLabels(given.metadata) ?? scores.labels;
  const classes = count === 1 && scores.link === "sigmoid" ? 2 : count;
  const unnamed = scores.link === "softmax" ? Array.from({ length: count }, (_, at) => at) : undefined;
  const labels = named !== undefined && (classes > 1 || given.labels !== undefined) ? named : unnamed;
  if (labels === undefined) return { name, scores };
  if (labels.length !== classes)
    throw refusal(
      `the model has ${classes} classes, and ${labels.length} labels were given`,
      `${classes} labels`,
    );
  const texts = labels.every((label) => typeof label === "string" && label.isWellFormed());
  if (!texts && !labels.every((label) => Number.isSafeInteger(label)))
    throw refusal("its labels are neither texts of Unicode nor whole numbers", "labels of one of them");
  if (new Set<string | number>(labels).size !== labels.length)
    throw refusal("a label is there twice", "labels that differ");
  return { name, scores, labels };
}
