import { interpret, readOnnx, writeOnnx } from "@tideline/graph";
import { quantise, quantiseWeights } from "@tideline/graph/compress";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession as NodeSession, Tensor as NodeTensor } from "onnxruntime-node";
import { InferenceSession as WebSession, Tensor as WebTensor } from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "./onnxruntime-node.ts";
import { NARROW_NETS, numbersOf } from "./testing/narrow-net.ts";

/** What an app writes that knows nothing of our options. */
interface Package {
  readonly InferenceSession: Pick<typeof NodeSession, "create">;
  readonly Tensor: typeof NodeTensor;
}

const PACKAGES: Readonly<Record<string, Package>> = {
  "onnxruntime-node": { InferenceSession: NodeSession, Tensor: NodeTensor },
  "onnxruntime-web": { InferenceSession: WebSession as unknown as typeof NodeSession, Tensor: WebTensor },
};

const ROWS = 2;

interface Case {
  readonly bytes: Uint8Array;
  /** What the interpreter answers. */
  readonly wanted: ArrayLike<number>;
  readonly values: Float32Array;
  readonly dims: readonly number[];
}

/** A net in a form, with rows. */
async function caseOf(net: keyof typeof NARROW_NETS, form: "int8" | 8 | 4): Promise<Case> {
  const { model, dims } = NARROW_NETS[net]();
  const all = [ROWS, ...dims];
  const values = numbersOf(
    all.reduce((product, length) => product * length, 1),
    3,
  );
  const calibration = { runtime: onnxruntimeNode, rows: [{ x: { dims: all, values } }] };
  const { model: narrow } =
    form === "int8"
      ? await quantise(model, { calibration: { ...calibration, method: "range" } })
      : await quantiseWeights(model, { bits: form });
  const bytes = writeOnnx(narrow);
  const wanted = interpret(readOnnx(bytes), { x: { dims: all, values } })["y"]!.values;
  return { bytes, wanted, values, dims: all };
}

/** The farthest that an answer is from the interpreter's. */
const farthest = ({ wanted }: Case, given: ArrayLike<number>): number =>
  Array.from(wanted).reduce((most, value, at) => Math.max(most, Math.abs(value - given[at]!)), 0);

async function answers(
  { InferenceSession, Tensor }: Package,
  { bytes, values, dims }: Case,
  graphOptimizationLevel: "disabled" | "basic" | "extended" | "all",
): Promise<Float32Array> {
  const options = graphOptimizationLevel === "all" ? {} : { graphOptimizationLevel };
  const session = await InferenceSession.create(bytes, options);
  const { y } = await session.run({ x: new Tensor("float32", values, dims) });
  await session.release();
  return y!.data as Float32Array;
}

const nets = Object.keys(NARROW_NETS) as (keyof typeof NARROW_NETS)[];

describe.each(nets)("the net of kind %s", (net) => {
  test.each([8, 4, "int8"] as const)(
    "means the graph in a session without options, in form %s",
    async (form) => {
      const one = await caseOf(net, form);
      // Between integer kernels a number that lies between two steps may become the other one.
      const most = form === "int8" ? 2e-3 : 1e-5;
      for (const [name, module] of Object.entries(PACKAGES))
        for (const level of ["all", "disabled", "basic", "extended"] as const)
          expect(farthest(one, await answers(module, one, level)), `${name}, ${level}`).toBeLessThan(most);
    },
  );
});

const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("python") ?? false;
const hasPython = spawnSync("python3", ["-c", "import onnxruntime"]).status === 0;

const SCRIPT = `
import json, sys
import numpy, onnxruntime
for line in sys.stdin:
    case = json.loads(line)
    x = numpy.array(case["values"], numpy.float32).reshape(case["dims"])
    print(json.dumps(onnxruntime.InferenceSession(case["file"]).run(None, {"x": x})[0].ravel().tolist()))
`;

test.skipIf(!hasPython && !required)("Python's onnxruntime answers so without options, too", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tideline-session-"));
  try {
    const cases: Case[] = [];
    for (const net of nets) for (const bits of [8, 4] as const) cases.push(await caseOf(net, bits));
    const lines = cases.map(({ bytes, values, dims }, at) => {
      const file = join(folder, `${at}.onnx`);
      writeFileSync(file, bytes);
      return JSON.stringify({ file, values: [...values], dims });
    });
    const printed = execFileSync("python3", ["-c", SCRIPT], { input: lines.join("\n"), encoding: "utf8" });
    const given = printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as number[]);
    expect(given).toHaveLength(cases.length);
    for (const [at, one] of cases.entries()) expect(farthest(one, given[at]!)).toBeLessThan(1e-5);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
