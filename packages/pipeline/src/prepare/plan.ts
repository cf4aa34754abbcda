import { plannedParts } from "./split-step.ts";
import type { Preparation } from "./preparation.ts";

/** A step of a plan. */
export interface PlannedStep {
  readonly name: string;
  /** `hit`: its output is there. `runs`: it is computed. `follows`: so, unless those before leave the bytes that they left before. */
  readonly state: "hit" | "runs" | "follows";
}

/**
 * The names of a preparation's steps, in order. Checks behind every step are among them though those whose columns are not there
 * then are left out of a run.
 */
export function plannedNames(definition: Preparation): readonly string[] {
  const { checks, clean, views, split, steps, label } = definition;
  const learns = label !== undefined && steps.some(({ traits }) => traits.labels !== "none");
  return [
    "read",
    ...(checks.source === undefined ? [] : ["check source"]),
    ...clean.map(({ kind }, at) => `clean ${at} ${kind}`),
    ...views.map(({ view }) => `view ${view.name}`),
    ...(split === undefined ? [] : ["split"]),
    ...(learns ? ["label"] : []),
    ...steps.flatMap(({ kind }, at) => [
      `step ${at} ${kind}`,
      ...(checks.after?.[at] === undefined ? [] : [`check after ${at}`]),
      ...(checks.every === undefined ? [] : [`check every ${at}`]),
    ]),
    ...plannedParts(split).map((part) => `write ${part}`),
    ...(steps.length === 0 ? [] : ["chain"]),
  ];
}
