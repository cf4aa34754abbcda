import type { ParityCell } from "@tideline/pipeline";
import type { CaseFigures } from "./measure-case.ts";
import { LINES } from "./parity-line.ts";

const small = (value: number): string => (value === 0 ? "0" : value.toExponential(1));
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const points = (change: number | null): string =>
  change === null ? "" : `${change > 0 ? "+" : ""}${(100 * change).toFixed(2)}`;

/** Rows traced, and thresholds. */
const traceText = ({ traced, untraced }: ParityCell): string => {
  const rows = traced.reduce((sum, bound) => sum + bound.rows, 0);
  return rows + untraced === 0 ? "0" : `${rows} traced, ${untraced} not`;
};

function cellLine(cell: ParityCell, trees: boolean): string {
  const { artifact, runtime, heldOut, faults } = cell;
  const difference = small(heldOut.difference) + (heldOut.feature > 0 ? `, ${small(heldOut.feature)}` : "");
  const cells = [
    artifact,
    runtime,
    String(heldOut.rows),
    difference,
    percent(heldOut.agreement),
    points(heldOut.metricDifference),
    trees ? traceText(cell) : "",
    faults.length === 0 ? "passes" : "refused",
  ];
  return `| ${cells.join(" | ")} |`;
}

function caseText(figures: CaseFigures): string {
  const { name, matrix, cells, missing, others, source, coremltools, unloaded } = figures;
  const reference = cells.find(({ artifact }) => artifact === "onnx")!;
  const unanswered = reference.adversarial.byKind.reduce((sum, kind) => sum + kind.unanswered, 0);
  const refused = cells.flatMap(({ artifact, runtime, faults }) =>
    faults.map((fault) => `- ${artifact} on ${runtime}: ${fault}`),
  );
  const groups = Map.groupBy(missing, ({ reasons: [first] }) =>
    [first!.op, first!.reason].filter((word) => word !== "").join(": "),
  );
  const not = [...groups].map(([reason, all]) => `- ${all.map(({ kind }) => kind).join(", ")}: ${reason}`);
  const elsewhere = others.map(
    ({ artifact, runtime, rows, difference }) =>
      `${artifact} ${small(difference)} (${runtime}, ${rows} rows)`,
  );
  const sources = Object.entries(source).map(([language, found]) =>
    typeof found === "string"
      ? `${language}: not written (${found})`
      : `${language}: ${found.differ} of ${found.rows} rows differ`,
  );
  return [
    `## ${name}`,
    "",
    `Accuracy ${percent(reference.heldOut.metric!)} on ${reference.heldOut.rows} rows that no training saw; ${matrix.rows.adversarial} rows that no person makes besides, ${unanswered} of them without an answer.`,
    "",
    `| file | runtime | rows | difference | decisions | accuracy |${matrix.trees ? " larger differences |" : " |"} gate |`,
    "|---|---|---|---|---|---|---|---|",
    ...cells.map((cell) => cellLine(cell, matrix.trees)),
    "",
    ...(elsewhere.length > 0 ? [`LiteRT elsewhere: ${elsewhere.join("; ")}.`] : []),
    ...(coremltools > 0
      ? [`coremltools loads and checks ${coremltools - unloaded.length} of ${coremltools} files.`]
      : []),
    `Source: ${sources.join("; ")}.`,
    "",
    ...(refused.length > 0 ? ["What the gate refuses:", "", ...refused, ""] : []),
    ...(not.length > 0 ? ["Not written:", "", ...not, ""] : []),
  ].join("\n");
}

/** `docs/parity.md`: what was measured, of each case. */
export function parityText(figures: readonly CaseFigures[]): string {
  return `# Parity on real rows

Written by \`node scripts/nightly/parity.ts --write\`, which \`.ci/nightly\` runs without \`--write\`: models trained by our own estimators on UCI
HAR and on the census of 1994, each in every file that \`tideline export\` writes and on every runtime that is here, over the official test
parts. Held against ONNX Runtime on the graph. No phone and no Apple system has run them: Core ML's files are computed by interpreters
of our own, of nets and signals on some rows only.

It fails where

- a float32 file of a smooth model is farther than ${LINES.probability} from ONNX Runtime's probabilities, or ${LINES.feature} of its scale in a feature; in Core ML's float32 ${LINES.coreml};
- a float32 file of trees gives other decisions in more than 0.1 % of rows, or a larger difference is not explained by features beside a threshold: moved over it by a few float32 numbers, or to where the file's own are, no farther than float32 that rounds at random, the graph itself must give the file's answer;
- full 8 bits lose more than a point of accuracy;
- LiteRT in Node, in Chromium or in Python says anything of a file, coremltools does not load one, or Chromium's bits are not Node's;
- source in C or TypeScript differs by more than 1e-5.

*difference*: the largest of a probability, and of other outputs relative to their scale; *decisions*: those that agree, and ties that rounding decides (so accuracy may change while all agree); *accuracy*: its change in points;
*gate*: what \`tideline export\` says of the file, which is stricter with rounded kinds than the lines above (their spread).

A row that no person makes counts where the graph has an answer: numbers by the interpreter and by ONNX Runtime and, before trees, features
that are numbers in the same places by both. What the largest of a window is, of which one sample is missing, ONNX Runtime leaves to that sample's
place, and what overflows any runtime to the order in which it adds up: such rows have none.

${figures.map(caseText).join("\n")}`;
}
