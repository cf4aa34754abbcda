import { float32Values, graphBuilder, readOnnx, writeOnnx } from "@tideline/graph";
import { seededRandom } from "@tideline/learn";
import {
  answerVariants,
  checkParity,
  litertRuntime,
  makeArtifacts,
  makeVectors,
  onnxruntimeNode,
  onnxruntimeWeb,
  variantFile,
  type ModelArtifact,
} from "@tideline/pipeline";
import { toHex, type ReleaseMetadata, type SelfTestVectors, type Variant } from "@tideline/spec";
import { beforeAll, expect, test } from "vitest";
import { loadModel, selfTest } from "../packages/device/src/active-model.ts";
import type { ModelRuntime } from "../packages/device/src/ports.ts";

const window = {
  size: 32,
  rate: 50,
  channels: ["acc_x", "acc_y", "acc_z"],
  gravity: { channels: [], cutoff: 0.3 },
};
const labels = ["still", "moving"];
const [input, output] = ["window", "probabilities"];
const WIDTH = window.size * window.channels.length;
const random = seededRandom(7);
const normal = (length: number, scale: number): Float32Array =>
  Float32Array.from({ length }, () => scale * random.normal());

const kernels = [normal(8 * 3 * 5, 0.3), normal(16 * 8 * 5, 0.15)] as const;

/** Two convolutions, a mean over time, and two classes: whether what is left is above a level. */
function net(level: number): Uint8Array {
  const g = graphBuilder("net");
  const turned = g.op("Transpose", [g.input(input, "float32", ["N", window.size, 3])], { perm: [0, 2, 1] });
  const first = g.op("Relu", [g.op("Conv", [turned, g.constant(kernels[0], [8, 3, 5])], { pads: [2, 2] })]);
  const second = g.op("Relu", [g.op("Conv", [first, g.constant(kernels[1], [16, 8, 5])], { pads: [2, 2] })]);
  const features = g.op("ReduceMean", [second, g.ints([2])], { keepdims: 0 });
  const weights = Float32Array.from({ length: 32 }, (_, at) => (at % 2 === 0 ? -1 : 1));
  const scores = g.op("Gemm", [
    features,
    g.constant(weights, [16, 2]),
    g.constant(Float32Array.of(level, -level), [2]),
  ]);
  g.output(output, g.op("Softmax", [scores], { axis: -1 }));
  g.output("features", features);
  return writeOnnx(g.build());
}

/** Windows of people who are still, and who move: a sine about a direction, with noise. */
function windows(count: number): Float32Array {
  return Float32Array.from(
    Array.from({ length: count }, (_, row) => {
      const strength = row % 2 === 0 ? 0.05 : 1.5;
      const [pace, start] = [0.5 + 0.3 * random.uniform(), 6 * random.uniform()];
      const axis = normal(3, 0.3);
      return Array.from(
        { length: WIDTH },
        (_unused, at) =>
          axis[at % 3]! + strength * Math.sin(pace * Math.floor(at / 3) + start) + 0.02 * random.normal(),
      );
    }).flat(),
  );
}

/** The net whose level lies between those who are still and those who move. */
async function trained(): Promise<Uint8Array> {
  const graph = await onnxruntimeNode.load(net(0));
  const given = { [input]: { dims: [24, window.size, 3], values: windows(24) } };
  const features = float32Values(await graph.run(given, ["features"]), "features");
  await graph.release();
  const sums = Array.from({ length: 24 }, (_, row) =>
    features.subarray(16 * row, 16 * row + 16).reduce((sum, value) => sum + value, 0),
  );
  const of = (rest: number) => sums.filter((_, row) => row % 2 === rest);
  return net((Math.max(...of(0)) + Math.min(...of(1))) / 2);
}

const bytes = await trained();
const model = {
  input,
  output,
  labels,
  window: { size: window.size, channels: window.channels },
} as unknown as ReleaseMetadata["model"];

/** A phone's LiteRT, as the one here. */
const litert = {
  load: async (file: Uint8Array) => {
    const graph = await litertRuntime.load(file);
    return {
      run: async (values: Float32Array, dims: readonly number[]) =>
        float32Values(await graph.run({ [input]: { dims, values } }, [output]), output),
      release: () => graph.release(),
    };
  },
} as unknown as ModelRuntime;

let made: readonly ModelArtifact[];
let vectors: SelfTestVectors;
const called = (kind: string): ModelArtifact => made.find((one) => one.kind === kind)!;
const variantOf = async (kind: string): Promise<Variant> => {
  const file = variantFile(called(kind)).bytes;
  const sha256 = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", file.slice())));
  return { sha256, bytes: file.length, format: "litert", version: 3 };
};

/** What a phone says to a file in the place of a variant. */
async function tested(kind: string, file = variantFile(called(kind)).bytes, own = vectors): Promise<unknown> {
  const loaded = await loadModel({ version: 1, model } as ReleaseMetadata, file, litert);
  try {
    return await selfTest(loaded, own, await variantOf(kind)).then(
      () => "passed",
      (error: { readonly code: string }) => error.code,
    );
  } finally {
    await loaded.dispose();
  }
}

beforeAll(async () => {
  const calibration = { count: 20, inputs: { [input]: windows(20) } };
  const kinds = ["tflite", "tflite-int8"];
  ({ made } = await makeArtifacts({ model: readOnnx(bytes), name: "net", calibration }, kinds));
  const parity = await checkParity({
    bytes,
    heldOut: windows(24),
    size: window.size,
    channels: 3,
    input,
    probabilities: output,
    features: "features",
    runtimes: [onnxruntimeNode, onnxruntimeWeb],
    artifacts: made,
    timedRows: 1,
  });
  const own = await makeVectors({ bytes, window, input, output });
  const answered = await answerVariants(made, { bytes, input, output, vectors: own, matrix: parity.matrix });
  expect(answered.blind).toEqual([]);
  ({ vectors } = answered);
});

test("files of 8 bits pass by their own bounds where the graph's one would refuse them; exact ones have the graph's", async () => {
  expect(Object.keys(vectors.variants!).length).toBe(1);
  expect(vectors.variants![(await variantOf("tflite")).sha256]).toBeUndefined();
  for (const kind of ["tflite", "tflite-int8"]) expect(await tested(kind)).toBe("passed");
  const { variants: _, ...before } = vectors;
  expect(await tested("tflite", undefined, before)).toBe("passed");
  expect(await tested("tflite-int8", undefined, before)).toBe("SELF_TEST_FAILED");
  // None so wide that answers of the middle would do.
  for (const { deviation } of Object.values(vectors.variants!)) expect(deviation).toBeLessThan(0.1);
});

/** The file with the zero point of one tensor moved: a vector of one int64, from -128 to 127 and not 0. */
function* movedZeros(file: Uint8Array, by: number): Generator<Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 0; at + 12 <= file.length; at += 4) {
    const zero = view.getBigInt64(at + 4, true);
    if (view.getInt32(at, true) !== 1 || zero === 0n || zero < -128n || zero > 127n) continue;
    const changed = file.slice();
    const moved = Number(zero) + (Number(zero) > 0 ? -by : by);
    new DataView(changed.buffer).setBigInt64(at + 4, BigInt(moved), true);
    yield changed;
  }
}

test("a wrong zero point fails", async () => {
  const said: unknown[] = [];
  for (const spoilt of movedZeros(variantFile(called("tflite-int8")).bytes, 120))
    said.push(await tested("tflite-int8", spoilt).catch(() => "not loaded"));
  // A tensor's own zero point moves what it can hold: that of the input leaves no room for these windows.
  expect(said).toContain("SELF_TEST_FAILED");
});
