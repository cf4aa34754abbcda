import { tidelineError } from "@tideline/spec";

/**
 * The version of its format that an `.ort` file says it has: what ONNX Runtime, above all a reduced build of it, must know.
 *
 * @throws MODEL_MALFORMED
 *
 * @example
 * ortVersion(await readFile("model.ort")); // 6
 */
export function ortVersion(bytes: Uint8Array): number {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const root = view.getUint32(0, true);
    const offsets = root - view.getInt32(root, true);
    // The first field of the root, a text: its offset stands behind the two sizes of the table.
    const field = root + view.getUint16(offsets + 4, true);
    const text = field + view.getUint32(field, true);
    const length = view.getUint32(text, true);
    const version = new TextDecoder().decode(bytes.subarray(text + 4, text + 4 + length));
    if (new TextDecoder().decode(bytes.subarray(4, 8)) === "ORTM" && /^[1-9][0-9]{0,3}$/.test(version))
      return Number(version);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw tidelineError("MODEL_MALFORMED", {
    who: "ortVersion",
    field: "ort_version",
    expected: "a file of ONNX Runtime's own format with its version",
    received: `${bytes.length} other bytes`,
  });
}
