import { envelope, hashOf, makeKey, put, sorted } from "./file.ts";
import { app, SIZE, window } from "./toy-app.ts";

/** The windows of a constant session: nothing but gravity, which a low-pass started at its value keeps. */
function constantWindow(x: number, z: number): number[] {
  return Array.from({ length: SIZE }, () => [0, 0, 0, x, 0, z, 0, 0, 0]).flat();
}

/** Weights that add up one channel of a window, to a score of 2 for a constant 1. */
export function weightsOf(channel: string): number[] {
  return Array.from({ length: SIZE }, () =>
    window.channels.map((name) => (name === channel ? 2 / SIZE : 0)),
  ).flat();
}

/** What the model answers for a score, as float32. */
export const softmax = (score: number): number[] => {
  const first = 1 / (1 + Math.exp(-2 * score));
  return [Math.fround(first), Math.fround(1 - first)];
};

/** Signs and writes the releases, with windows for parity and vectors for the self-test. */
export function writeReleases(
  folder: string,
  models: readonly Uint8Array[],
  now: number,
  trainedOn: readonly string[],
): void {
  const [root, key] = [makeKey(), makeKey()];
  const role = ({ id }: { id: string }) => ({ keys: [id], threshold: 1 });
  const keys = Object.fromEntries(
    [root, key].map(({ id, public: raw }) => [id, { scheme: "ed25519", public: raw }]),
  );
  const trust = {
    type: "root",
    format: 1,
    version: 1,
    expires: now * 2,
    development: true,
    keys,
    roles: { root: role(root), release: role(key) },
  };
  put(folder, "releases/root.json", [envelope("application/vnd.tideline.root+json", trust, root)]);
  const windows = [constantWindow(1, -1), constantWindow(-1, 1)];
  const held = Float32Array.from(windows.flat());
  for (const [index, bytes] of models.entries()) {
    const [id, version] = [hashOf(bytes), index + 1];
    const probabilities = (index === 0 ? [1, -1] : [-1, 1]).map((side) => softmax(2 * side));
    const vectors = JSON.stringify({ format: 1, tolerance: 1e-4, windows, probabilities });
    const file = { sha256: hashOf(vectors), bytes: vectors.length };
    const payload = {
      type: "release",
      format: 1,
      app: app.name,
      channel: "stable",
      version,
      id,
      issued: now + index,
      expires: now + 1e9,
      model: {
        name: "pose",
        labels: ["A", "B"],
        window,
        input: "window",
        output: "probabilities",
        definition: hashOf(sorted(app)),
        run: "run",
        snapshot: "snapshot",
      },
      variants: [
        { sha256: id, bytes: bytes.length, format: "onnx", opset: 17 },
        // Nobody opens it: the auditor has no reader of tables.
        ...(index === 0 ? [] : [{ sha256: id, bytes: bytes.length, format: "table", version: 1 }]),
      ],
      vectors: file,
    };
    const signed = envelope("application/vnd.tideline.release+json", payload, key);
    put(folder, `artifacts/${id}`, bytes);
    put(folder, `artifacts/${file.sha256}`, vectors);
    put(folder, `parity/${version}.f32`, new Uint8Array(held.buffer));
    put(folder, `releases/${version}.json`, {
      channel: "stable",
      version,
      id,
      envelope: signed,
      metrics: { trainedOn, ...(index === 0 ? { noTable: "toy" } : { tableParity: 2 ** -20 }) },
    });
  }
}
