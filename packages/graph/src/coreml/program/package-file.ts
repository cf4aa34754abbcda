import { sha1 } from "../../sha1.ts";

/** A file of a `.mlpackage`, which is a folder; its path is relative to that. */
export interface PackageFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const MODEL = "com.apple.CoreML/model.mlmodel";
const WEIGHTS = "com.apple.CoreML/weights";

/** How a program names its weights. */
export const WEIGHT_NAME = "@model_path/weights/weight.bin";

const utf8 = new TextEncoder();

/** An identifier in the form of a UUID of version 8 (RFC 9562), made from what it stands for. */
function uuidOf(role: string, digest: string): string {
  const hash = sha1(utf8.encode(`${role} ${digest}`)).toUpperCase();
  const variant = "89AB"[Number.parseInt(hash[16]!, 16) % 4]!;
  const parts = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return parts.join("-");
}

/** The files of a `.mlpackage`; the same contents give the same bytes, identifiers included. */
export function packageFiles(model: Uint8Array, weights: Uint8Array | undefined): readonly PackageFile[] {
  const digest = sha1(model) + (weights === undefined ? "" : sha1(weights));
  const [root, weightId] = ["model", "weights"].map((role) => uuidOf(role, digest)) as [string, string];
  const author = "com.apple.CoreML";
  const entries: readonly (readonly [string, object])[] = [
    [root, { author, description: "CoreML Model Specification", name: "model.mlmodel", path: MODEL }],
    ...(weights === undefined
      ? []
      : ([
          [weightId, { author, description: "CoreML Model Weights", name: "weights", path: WEIGHTS }],
        ] as const)),
  ];
  const manifest = {
    fileFormatVersion: "1.0.0",
    itemInfoEntries: Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    rootModelIdentifier: root,
  };
  return [
    { path: "Manifest.json", bytes: utf8.encode(`${JSON.stringify(manifest, undefined, 4)}\n`) },
    { path: `Data/${MODEL}`, bytes: model },
    ...(weights === undefined ? [] : [{ path: `Data/${WEIGHTS}/weight.bin`, bytes: weights }]),
  ];
}
