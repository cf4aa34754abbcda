import { tidelineError } from "@tideline/spec";
import { described } from "../../bin/numeric-value.ts";
import type { ImportedTrees } from "../../model/imported-trees.ts";
import type { TreeLink } from "../../model/tree-link.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import type { Objective } from "../objective/objective.ts";
import type { BoostedClassifier, BoostedModel } from "./boosted-model.ts";

/** What training may go on from. Of a bare ensemble only its scores are known: what they mean is its owner's to say. */
export type InitialModel =
  | (Pick<BoostedModel, "ensemble"> & Partial<Pick<BoostedClassifier, "link" | "objective" | "classes">>)
  | ImportedTrees
  | TreeEnsemble;

/** An {@link InitialModel} in its parts. */
export interface InitialParts {
  readonly ensemble: TreeEnsemble;
  /** What its scores mean, where it says so. */
  readonly link?: TreeLink | undefined;
  /** The name of what it learnt. */
  readonly objective?: string | undefined;
  readonly classes?: readonly string[] | undefined;
}

/** The parts of a model to go on from. @throws ARGUMENT_INVALID for what is none. */
export function initialParts(who: string, given: InitialModel): InitialParts {
  const parts = isObject(given) && "ensemble" in given ? given : { ensemble: given };
  if (isObject(parts.ensemble) && Array.isArray(parts.ensemble.trees)) return parts;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "initial",
    expected: "a model of boosted trees, an imported one, or an ensemble",
    received: described(given),
  });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** What new trees are to be added to. */
interface Continued {
  readonly objective: Pick<Objective, "name" | "link">;
  readonly outputs: number;
  /** Of the rows; undefined where there are none. */
  readonly classes: readonly string[] | undefined;
}

/**
 * Holds a model to the objective that is to go on from it: trees of one scale must not be added to those of another.
 *
 * @throws MODEL_UNSUPPORTED for averages, another number of outputs, another link or another scale of it, and for other
 *   classes or another order of them.
 */
export function checkInitial(
  who: string,
  { ensemble, link, objective: learnt, classes: own }: InitialParts,
  { objective, outputs, classes }: Continued,
): void {
  const unsupported = (field: string, expected: string, received: string, remedy?: string) =>
    tidelineError("MODEL_UNSUPPORTED", { who, field, expected, received, remedy });
  if (ensemble.average) throw unsupported("initial", "trees that are added up", "an average, as of a forest");
  if (ensemble.outputs !== outputs)
    throw unsupported("initial", `a model of ${outputs} scores a row`, String(ensemble.outputs));
  if (link !== undefined && linkText(link) !== linkText(objective.link))
    throw unsupported(
      "initial.link",
      `${linkText(objective.link)}, as of the objective ${objective.name}`,
      learnt ? `${linkText(link)}, of the objective ${learnt}` : linkText(link),
      "Give the model's scores, on the objective's scale, as the rows' offset.",
    );
  if (own === undefined || classes === undefined) return;
  if (own.length === classes.length && own.every((name, at) => name === classes[at])) return;
  throw unsupported(
    "initial.classes",
    JSON.stringify(classes),
    JSON.stringify(own),
    "Number the labels by the model's classes, in their order.",
  );
}

function linkText(link: TreeLink): string {
  return "scale" in link ? `${link.kind} of scale ${link.scale}` : link.kind;
}
