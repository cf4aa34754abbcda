import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { matrix, type TrainingRows } from "@tideline/learn";
import { tidelineError } from "@tideline/spec";

/** Pixels of an 8x8 image, and the digit after them. */
const PIXELS = 64;

/** One part of the digits: images of 8x8 pixels of 0 to 16. The writers of the two parts are different people. */
export function digitImages(folder: string, part: "train" | "test"): TrainingRows {
  const file = part === "train" ? "optdigits.tra.gz" : "optdigits.tes.gz";
  const lines = gunzipSync(readFileSync(join(folder, file)))
    .toString("utf8")
    .trimEnd()
    .split("\n");
  const values = new Float32Array(lines.length * PIXELS);
  const y = new Int32Array(lines.length);
  for (const [row, line] of lines.entries()) {
    const cells = line.split(",").map(Number);
    const digit = cells[PIXELS];
    if (
      cells.length !== PIXELS + 1 ||
      !cells.every((cell) => cell >= 0 && cell <= 16) ||
      digit === undefined ||
      digit > 9
    )
      throw tidelineError("DATA_MALFORMED", {
        who: "optdigits",
        field: `${file} line ${row + 1}`,
        expected: "64 pixels of 0 to 16 and a digit",
        received: line.slice(0, 80),
      });
    values.set(cells.slice(0, PIXELS), row * PIXELS);
    y[row] = digit;
  }
  return {
    X: matrix(lines.length, PIXELS, values),
    y,
    classes: Array.from({ length: 10 }, (_, digit) => `${digit}`),
  };
}
