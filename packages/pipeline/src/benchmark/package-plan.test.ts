import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { packagePlan } from "./package-plan.ts";

const bytes = new TextEncoder().encode("a file");
const sha256 = createHash("sha256").update(bytes).digest("hex");
const end = (name: string, type = "float32") => ({ name, type, dims: ["N", 2] });
const manifest = {
  format: 1,
  kind: "device-package",
  name: "gym",
  inputs: [end("x")],
  outputs: [end("p"), end("label", "string")],
  vectors: "gym.vectors.json",
  variants: [
    {
      kind: "onnx",
      format: "onnx",
      numbers: "exact",
      bytes: 6,
      files: [{ path: "gym.onnx", bytes: 6, sha256 }],
    },
  ],
};
const vectors = {
  format: 1,
  kind: "source-vectors",
  count: 1,
  inputs: { x: [1, 2] },
  outputs: { p: [0.25, 0.75], label: ["walk", "NaN"] },
};

/** The plan of a package, and which of its files were asked for. */
async function plan(change: object = {}, other: object = {}) {
  const asked: string[] = [];
  const made = packagePlan(
    "gym.json",
    async (path) => {
      asked.push(path);
      if (path === "gym.json") return new TextEncoder().encode(JSON.stringify({ ...manifest, ...change }));
      if (path.endsWith(".vectors.json"))
        return new TextEncoder().encode(JSON.stringify({ ...vectors, ...other }));
      return bytes;
    },
    { runs: 20, sustainSeconds: 0 },
  );
  return { found: await made.catch((error: unknown) => String(error)), asked };
}

test("a package is a plan: its numbers are answers, its texts are not", async () => {
  const { found } = await plan();
  expect(found).toMatchObject({ plan: { outputs: [{ name: "p", width: 2 }], artifacts: [{ sha256 }] } });
});

test.each(["../gym.onnx", "/etc/passwd", "a/../../gym.onnx", "..\\gym.onnx", "C:gym.onnx", "", "gym.onnx/"])(
  "the path %j is never opened",
  async (path) => {
    const [variant] = manifest.variants;
    const file = await plan({ variants: [{ ...variant, files: [{ path, bytes: 6, sha256 }] }] });
    expect([file.found, file.asked]).toEqual([
      expect.stringMatching(/gym\.json: variant "onnx": .*beside the manifest.*\[DATA_MALFORMED\]/),
      ["gym.json", "gym.vectors.json"],
    ]);
    const list = await plan({ vectors: path });
    expect([list.found, list.asked]).toEqual([
      expect.stringMatching(/gym\.json: vectors: .*\[DATA_MALFORMED\]/),
      ["gym.json"],
    ]);
  },
);

test("an answer that is no finite number is no vector, nor is it passed over", async () => {
  const { found } = await plan({}, { outputs: { p: [0.25, 0.75], q: [1, "NaN"] } });
  expect(found).toMatch(/output "q": .*finite answers to each row.*\[DATA_MALFORMED\]/);
});
