import { isTidelineError } from "@tideline/spec";
import { checkModel } from "../check.ts";
import { readOnnx } from "../onnx-read.ts";
import { writeOnnx } from "../onnx-write.ts";

const WEIGHTS = new Uint8Array(4096);

/**
 * What becomes of a damaged file: `read` when it is one all the same (it is then written again, read again and found to
 * be the same bytes), else the code of the error.
 *
 * @throws what is no error of the project, and an error that is about the second reading: each is a fault.
 */
export function readDamaged(bytes: Uint8Array, check: boolean): string {
  let model;
  try {
    model = readOnnx(bytes, { external: (location) => (location === "w.bin" ? WEIGHTS : new Uint8Array()) });
  } catch (error) {
    if (isTidelineError(error)) return error.code;
    throw error;
  }
  const written = writeOnnx(model);
  const again = writeOnnx(readOnnx(written));
  if (written.length !== again.length || !written.every((byte, at) => byte === again[at]))
    throw new Error("what was written is not read as it was");
  if (!check) return "read";
  try {
    checkModel(model);
    return "legal";
  } catch (error) {
    if (isTidelineError(error)) return "read";
    throw error;
  }
}
