import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Matrix } from "@tideline/learn/net";
import type { ExampleRows } from "./example.ts";

/**
 * Writes what others need to recompute an accuracy without this code (`scripts/audit-nets.py` does): `<name>.csv` with
 * the row in the data set's file, the person where one is known, label, and the probability of each class; and
 * `<name>.onnx`.
 *
 * @param beside further files by the end of their names.
 */
export function writeEvidence(
  folder: string,
  name: string,
  { row, y, classes, people }: ExampleRows,
  probabilities: Matrix,
  graph: Uint8Array,
  beside: Readonly<Record<string, string>> = {},
): void {
  mkdirSync(folder, { recursive: true });
  const width = probabilities.columns;
  const lines = [`row,person,label,${classes.join(",")}`];
  for (const [at, label] of y.entries()) {
    const numbers = probabilities.values.subarray(at * width, (at + 1) * width);
    lines.push(`${row[at]},${people?.[at] ?? ""},${classes[label]},${[...numbers].join(",")}`);
  }
  writeFileSync(join(folder, `${name}.csv`), `${lines.join("\n")}\n`);
  writeFileSync(join(folder, `${name}.onnx`), graph);
  for (const [end, text] of Object.entries(beside)) writeFileSync(join(folder, `${name}.${end}`), text);
}
