import type { PlannedStep, Prepared, StepTold } from "@tideline/pipeline/prepare";
import { bytes, count, plural, shortId } from "../output/figure.ts";
import { table } from "../output/table.ts";
import { plainText } from "./profile-text.ts";

const right = "right" as const;
/** Reasons of a step that are shown. */
const MOST_REASONS = 3;
/** Letters of a name that are shown. */
const NAME = 60;

/** Why rows went: the most frequent reasons, with how many. */
export function whyText({ reasons }: Pick<StepTold, "reasons">): string {
  const all = Object.entries(reasons).sort(([, one], [, other]) => other - one);
  const shown = all
    .slice(0, MOST_REASONS)
    .map(([reason, rows]) => `${plainText(reason, NAME)} (${count(rows)})`);
  const more = all.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${plural(more, "more reason")}` : shown.join(", ");
}

/** Parts in the order of their use, whether they come from a run or from its log. */
const PARTS = ["train", "validation", "test"];

/** The rows of a step by part, where there are several: `train 700, test 300`. */
function partsText({ parts }: StepTold): string {
  const all = Object.entries(parts)
    .filter(([name]) => name !== "all" && name !== "none")
    .sort(([one], [other]) => PARTS.indexOf(one) - PARTS.indexOf(other));
  return all.length < 2 ? "" : all.map(([name, { rowsOut }]) => `${name} ${count(rowsOut)}`).join(", ");
}

/** The log of a run as a table. */
export function stepsText(steps: readonly StepTold[]): string {
  return table(
    steps.filter(({ name }) => name !== "outcome"),
    [
      { name: "step", text: ({ name }) => plainText(name, NAME) },
      // The chain has no rows.
      { name: "rows in", text: (step) => (rowless(step) ? "" : count(step.rowsIn)), align: right },
      { name: "rows out", text: (step) => (rowless(step) ? "" : count(step.rowsOut)), align: right },
      { name: "seconds", text: ({ seconds, hit }) => (hit ? "-" : seconds.toFixed(1)), align: right },
      { name: "", text: ({ hit }) => (hit ? "there" : "ran") },
      { name: "why rows went, or where", text: (step) => whyText(step) || partsText(step) },
    ],
    "no step",
  );
}

const rowless = ({ parts }: StepTold): boolean => Object.keys(parts).length === 0;

/** What a run gave, for a person. */
export function preparedText({ path, manifest, steps, unchanged, pruned }: Prepared): string {
  const { parts, graph, quarantined, warnings, key } = manifest;
  const rows = Object.entries(parts).map(([name, part]) => `${name}.parquet ${plural(part!.rows, "row")}`);
  const lines = [
    `${unchanged ? "unchanged" : "written"}: ${shortId(key)} in ${path}`,
    `  ${rows.join(", ")}`,
    ...(quarantined === 0 ? [] : [`  quarantine.jsonl ${plural(quarantined, "row")} with reasons`]),
    ...(warnings === 0
      ? []
      : [
          `  checks.json ${plural(warnings, "check")} that ${warnings === 1 ? "does" : "do"} not hold, as a warning`,
        ]),
    ...(graph === null
      ? []
      : graph.unsupported === null
        ? [`  graph.onnx gives ${plural(graph.features.length, "feature")}${leftText(graph.left)}`]
        : [`  no graph: ${plainText(graph.unsupported, 300)}`]),
    ...(pruned === null
      ? []
      : [
          `removed: ${plural(pruned.outcomes, "older outcome")}, ${plural(pruned.files, "file")}, ${bytes(pruned.bytes)}`,
        ]),
  ];
  const notes = steps.flatMap(({ name, notes: own = [] }) =>
    own.map((note) => `${plainText(name, NAME)}: ${plainText(note, 200)}`),
  );
  return [stepsText(steps), ...(notes.length === 0 ? [] : [notes.join("\n")]), lines.join("\n")].join("\n\n");
}

function leftText(left: readonly string[]): string {
  return left.length === 0
    ? ""
    : `; not of ${left.map((name) => plainText(name)).join(", ")}, which are no numbers`;
}

const STATES: Readonly<Record<PlannedStep["state"], string>> = {
  hit: "is there",
  runs: "runs",
  follows: "runs, unless those before it leave the same bytes as last time",
};

/** What a run would do, for a person. */
export function planText(plan: readonly PlannedStep[]): string {
  return table(
    plan,
    [
      { name: "step", text: ({ name }) => plainText(name, NAME) },
      { name: "plan", text: ({ state }) => STATES[state] },
    ],
    "no step",
  );
}
