import { expect, test } from "vitest";
import { ortVersion } from "./ort-version.ts";

/** A file of the format: where the root is, its identifier, the root's fields, the root, the text of its first field. */
function ortFile(version: string, identifier = "ORTM"): Uint8Array {
  const text = new TextEncoder().encode(version);
  const bytes = new Uint8Array(28 + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 16, true);
  bytes.set(new TextEncoder().encode(identifier), 4);
  // Two fields behind two sizes, of which the first stands four behind the root.
  [6, 8, 4].forEach((value, at) => view.setUint16(8 + 2 * at, value, true));
  view.setInt32(16, 8, true);
  view.setUint32(20, 4, true);
  view.setUint32(24, text.length, true);
  bytes.set(text, 28);
  return bytes;
}

test("the version is read wherever the file stands in memory", () => {
  expect(ortVersion(ortFile("6"))).toBe(6);
  const shifted = new Uint8Array(100);
  shifted.set(ortFile("12"), 7);
  expect(ortVersion(shifted.subarray(7))).toBe(12);
});

test("what is no such file is malformed, wherever it ends", () => {
  const whole = ortFile("6");
  const wrong = [
    ...Array.from(whole.keys(), (length) => whole.subarray(0, length)),
    ortFile("6", "TFL3"),
    ortFile(""),
    ortFile("six"),
    ortFile("6.1"),
    new Uint8Array(64).fill(255),
  ];
  for (const bytes of wrong)
    expect(() => ortVersion(bytes)).toThrow(expect.objectContaining({ code: "MODEL_MALFORMED" }));
});
