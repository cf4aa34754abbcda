import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { matrix, selectRows, type Matrix } from "@tideline/learn/net";
import { tidelineError } from "@tideline/spec";
import type { ExampleRows } from "./example.ts";

/** Pixels of an 8x8 image, and the digit after them. */
const PIXELS = 64;

/** Images with the digit of each. */
export interface DigitImages extends ExampleRows {
  readonly X: Matrix;
}

/** One part of the digits: images of 8x8 pixels of 0 to 16. The writers of the two parts are different people. */
export function digitImages(folder: string, part: "train" | "test"): DigitImages {
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
    row: Int32Array.from(lines, (_, row) => row),
  };
}

/** Some of the images. */
export function imagesAt({ X, y, classes, row }: DigitImages, rows: Int32Array): DigitImages {
  const pick = (values: Int32Array) => Int32Array.from(rows, (at) => values[at]!);
  return { X: selectRows(X, rows), y: pick(y), classes, row: pick(row) };
}
