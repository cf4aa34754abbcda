import type { ParityCell } from "@tideline/pipeline";
import type { CaseFigures } from "./measure-case.ts";

/** What every model trained on real rows is held to. */
export const LINES = {
  /** Absolute, of a probability of a float model. */
  probability: 1e-4,
  /** Of a feature, relative to its scale. */
  feature: 1e-5,
  /** Share of decisions of trees. */
  decisions: 0.999,
  /** What full 8 bits may lose of accuracy: a point. */
  int8: 0.01,
  /** Core ML's float32 through the interpreter. */
  coreml: 1e-5,
} as const;

/** Kinds in full 8 bits. */
const FULL_INT8: readonly string[] = ["onnx-int8", "tflite-int8"];

/** Kinds that hold float32, and what they are held to where there are no trees. */
const EXACT: readonly string[] = ["graph", "onnx", "ort", "tflite", "table", "mlmodel", "mlpackage"];

function cellFault(cell: ParityCell, trees: boolean): readonly string[] {
  const { artifact, runtime, heldOut, untraced } = cell;
  const where = `${artifact} on ${runtime}`;
  const bound = artifact.startsWith("ml") ? LINES.coreml : LINES.probability;
  const faults: string[] = [];
  const demand = (holds: boolean, what: string): void => void (holds || faults.push(`${where}: ${what}`));
  if (FULL_INT8.includes(artifact))
    demand(
      heldOut.metricDifference! >= -LINES.int8 - 1e-12,
      `accuracy changes by ${heldOut.metricDifference}`,
    );
  if (!EXACT.includes(artifact)) return faults;
  demand(cell.faults.length === 0, cell.faults.join("; "));
  if (trees) {
    demand(heldOut.agreement >= LINES.decisions, `${heldOut.agreement} of decisions agree`);
    demand(untraced === 0, `${untraced} larger differences are at no threshold`);
    return faults;
  }
  demand(heldOut.difference <= bound, `probabilities differ by ${heldOut.difference}`);
  demand(heldOut.feature <= LINES.feature, `features differ by ${heldOut.feature}`);
  return faults;
}

/** Where a case is farther off than it may be. */
export function parityFaults(figures: CaseFigures): readonly string[] {
  const { matrix, cells, others, complaints, unloaded, source } = figures;
  const faults = cells.flatMap((cell) => cellFault(cell, matrix.trees));
  // A float32 file in LiteRT elsewhere is what it is in Node.
  for (const { artifact, runtime, difference } of others)
    if (artifact === "tflite" && !(difference <= LINES.probability))
      faults.push(`tflite on ${runtime}: probabilities differ by ${difference}`);
  faults.push(...complaints.map((line) => `LiteRT says: ${line}`));
  faults.push(...unloaded.map((line) => `coremltools: ${line}`));
  for (const [language, found] of Object.entries(source))
    if (typeof found !== "string" && found.differ > 0)
      faults.push(`${language}: ${found.differ} of ${found.rows} rows differ`);
  return faults;
}
