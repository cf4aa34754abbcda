import { writeFileSync } from "node:fs";
import { seededRandom } from "@tideline/learn";
import { ROWS, type NnCase } from "./case.ts";

/** Writes rows that can be learned, each class a pattern of its own under noise: float32 rows, then int64 classes. */
export function writeData(path: string, { dims, classes }: NnCase): void {
  const random = seededRandom(1);
  const width = dims.reduce((product, dim) => product * dim, 1);
  const rows = new Float32Array(ROWS * width);
  const labels = new BigInt64Array(ROWS);
  for (let row = 0; row < ROWS; row += 1) {
    const label = random.integer(classes);
    labels[row] = BigInt(label);
    for (let at = 0; at < width; at += 1)
      rows[row * width + at] = Math.sin((at + 1) * (label + 1) * 0.37) + 2 * random.uniform() - 1;
  }
  writeFileSync(path, new Uint8Array(rows.buffer));
  writeFileSync(path, new Uint8Array(labels.buffer), { flag: "a" });
}
