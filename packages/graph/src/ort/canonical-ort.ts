import { isTidelineError } from "@tideline/spec";
import { writeFlat } from "../flat-buffer-canonical.ts";
import { readFlat } from "../flat-buffer-read.ts";
import { ORT_SCHEMA } from "./ort-schema.ts";

/** A file of ONNX Runtime's format in one order, or why it is left as it was written. */
export type CanonicalOrt =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/**
 * An `.ort` file with the same contents in one order: ONNX Runtime writes what it keeps in maps in an order that changes from one
 * process to the next, and this does not. A file that has anything that is not known, as that of a later ONNX Runtime may, is refused.
 *
 * @example
 * const made = canonicalOrt(await readFile("model.ort"));
 * if (made.ok) await writeFile("model.ort", made.bytes);
 */
export function canonicalOrt(bytes: Uint8Array): CanonicalOrt {
  try {
    const session = readFlat(bytes, ORT_SCHEMA);
    return { ok: true, bytes: writeFlat(session, ORT_SCHEMA, "canonicalOrt") };
  } catch (error) {
    if (isTidelineError(error, "MODEL_UNSUPPORTED")) return { ok: false, reason: error.message };
    throw error;
  }
}
