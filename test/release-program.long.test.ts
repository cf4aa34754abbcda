import { float32Values, graphBuilder, writeOnnx } from "@tideline/graph";
import { readProgram, runProgram, type ProgramAnswer } from "@tideline/graph/coreml";
import { seededRandom } from "@tideline/learn";
import { onnxruntimeNode } from "@tideline/pipeline";
import {
  toHex,
  verifyRelease,
  type Envelope,
  type ReleaseMetadata,
  type SelfTestVectors,
  type Variant,
} from "@tideline/spec";
import { afterAll, expect, test } from "vitest";
import { loadModel, selfTest } from "../packages/device/src/active-model.ts";
import type { ModelRuntime } from "../packages/device/src/ports.ts";
import { cleanUpLater } from "../packages/pipeline/src/dataset/testing/open-pose-lake.ts";
import { readWindows } from "../packages/pipeline/src/feature/index.ts";
import { asText } from "../packages/pipeline/src/flow/artifact-text.ts";
import { offer, type ReleaseMetrics } from "../packages/pipeline/src/flow/offer.ts";
import { firstStudy } from "../packages/pipeline/src/flow/testing/first-study.ts";
import { openPoseLoop } from "../packages/pipeline/src/flow/testing/open-pose-loop.ts";
import { trainRun } from "../packages/pipeline/src/flow/train-run.ts";
import { readZip } from "../packages/pipeline/src/preflight/zip.ts";
import type { ParityMatrix } from "../packages/pipeline/src/release/index.ts";
import { releasePorts } from "../packages/pipeline/src/release/release-port.ts";
import { storedZip } from "../packages/pipeline/src/release/stored-zip.ts";
import { checkCoreml, hasCoremlPython } from "./coreml/python-coreml.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const FORMATS = ["onnx", "coreml-int8", "coreml-palettised"] as const;
const [SIZE, CHANNELS] = [16, 3];

/**
 * A net over windows of two convolutions: enough weights for both forms to be other files. They lie about a few numbers, as a net's do that
 * was trained for a palette: of others 16 colours leave too little, and the gate says so.
 */
function netGraph(level: number): Uint8Array {
  const random = seededRandom(1);
  const g = graphBuilder("net");
  const normal = (dims: readonly number[], scale: number) =>
    g.constant(
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => {
        const near = Math.max(-1.5, Math.min(1.5, Math.round(2 * random.normal()) / 2));
        return scale * (near + 0.02 * random.normal());
      }),
      dims,
    );
  const window = g.input("window", "float32", ["N", SIZE, CHANNELS]);
  const turned = g.op("Transpose", [window], { perm: [0, 2, 1] });
  const first = g.op("Relu", [
    g.op("Conv", [turned, normal([32, 3, 5], 0.4), normal([32], 0.1)], { pads: [2, 2] }),
  ]);
  const second = g.op("Relu", [
    g.op("Conv", [first, normal([32, 32, 3], 0.15), normal([32], 0.1)], { pads: [1, 1] }),
  ]);
  const features = g.op("ReduceMean", [second, g.ints([2])], { keepdims: 0 });
  const sums = g.op("MatMul", [
    features,
    g.constant(
      new Float32Array(64).map((_, at) => 1 - 2 * (at % 2)),
      [32, 2],
    ),
  ]);
  const scores = g.op("Add", [sums, g.constant(Float32Array.of(-level, level), [2])]);
  g.output("probabilities", g.op("Softmax", [scores]));
  g.output("features", features);
  return writeOnnx(g.build());
}

/** The net whose level lies in the widest gap between what windows add up to: no decision hangs on a last bit of 8. */
async function decidedNet(windows: Float32Array): Promise<Uint8Array> {
  const graph = await onnxruntimeNode.load(netGraph(0));
  const dims = [windows.length / (SIZE * CHANNELS), SIZE, CHANNELS];
  const features = float32Values(
    await graph.run({ window: { dims, values: windows } }, ["features"]),
    "features",
  );
  await graph.release();
  const sums = Array.from({ length: dims[0]! }, (_, row) =>
    features.subarray(32 * row, 32 * row + 32).reduce((sum, value) => sum + value, 0),
  ).toSorted((one, other) => one - other);
  const gaps = sums.slice(1).map((sum, at) => sum - sums[at]!);
  const widest = gaps.indexOf(Math.max(...gaps));
  return netGraph((sums[widest]! + sums[widest + 1]!) / 2);
}

type PackageFile = { readonly path: string; readonly bytes: Uint8Array };

/** The files of a package, of the archive that a phone fetches. */
function unpacked(archive: Uint8Array): readonly PackageFile[] {
  const entries = readZip(archive);
  if (typeof entries === "string") throw new Error(entries);
  return entries.map(({ name, read }) => {
    const bytes = read();
    if (typeof bytes === "string") throw new Error(bytes);
    return { path: name, bytes };
  });
}

const within = ({ path, bytes }: PackageFile): PackageFile => ({
  path: path.slice(path.indexOf("/") + 1),
  bytes,
});

function numbersOf(answer: ProgramAnswer | undefined): Float32Array {
  if (answer === undefined || !("values" in answer)) throw new Error("no numbers");
  return Float32Array.from(answer.values);
}

/** A phone's Core ML: an interpreter of programs that shares no code with their writer. No Apple system runs here. */
const coreml = {
  load: async (
    archive: Uint8Array,
    { input, output }: { readonly input: string; readonly output: string },
  ) => {
    const program = readProgram(unpacked(archive).map(within));
    return {
      run: async (values: Float32Array, dims: readonly number[]) =>
        numbersOf(runProgram(program, { [input]: { dims, values } })[output]),
      release: async () => {},
    };
  },
} as unknown as ModelRuntime;

/** What a phone says to a file in the place of a variant. */
async function tested(
  release: ReleaseMetadata,
  variant: Variant,
  { vectors, file }: { readonly vectors: SelfTestVectors; readonly file: Uint8Array },
): Promise<unknown> {
  const loaded = await loadModel(release, file, coreml);
  try {
    return await selfTest(loaded, vectors, variant).then(
      () => "passed",
      (error: { readonly code: string }) => error.code,
    );
  } finally {
    await loaded.dispose();
  }
}

/** The archive with the bits of its weights turned over: headers of `weight.bin` are of 64 bytes, each with where its bytes begin. */
function spoilt(archive: Uint8Array): Uint8Array {
  return storedZip(
    unpacked(archive).map(({ path, bytes }) => {
      if (!path.endsWith("weight.bin")) return { path, bytes };
      const changed = bytes.slice();
      const view = new DataView(changed.buffer);
      for (let at = 64; at + 64 <= changed.length; at += 64) {
        // Of whole numbers of 8 bits alone: 3 and 4 of MIL's types of storage.
        if (view.getUint32(at, true) !== 0xdeadbeef || ![3, 4].includes(view.getUint32(at + 4, true)))
          continue;
        const [length, from] = [8, 16].map((place) => Number(view.getBigUint64(at + place, true)));
        for (let place = from!; place < from! + length!; place += 1) changed[place]! ^= 0xff;
      }
      return { path, bytes: changed };
    }),
  );
}

test("a definition that wants Core ML in 8 bits and from a palette has both signed, fetched and tested on a phone that has Core ML alone", async () => {
  const { context, request, snapshot } = await openPoseLoop(onFinished);
  const taken = await snapshot(firstStudy());
  const trained = await trainRun(context, await request(taken), null);
  const model = { ...context.model, formats: FORMATS, strictFormats: true };
  const { set, fit } = trained;
  const windows = await readWindows(context.engine, taken, model.window, set, fit.validationRows);
  const row = await offer({ ...context, model }, { ...trained, graph: await decidedNet(windows) }, taken);
  const metrics = row.metrics as ReleaseMetrics;
  expect(metrics.withheld).toBeUndefined();

  // The gate has run both, each on the interpreter, and kept what it found.
  const matrix = JSON.parse(asText(await context.artifacts.read(metrics.matrix!))) as ParityMatrix;
  const kinds = ["mlpackage-int8", "mlpackage-palettised"];
  for (const kind of kinds) {
    const cell = matrix.cells.find(({ artifact }) => artifact === kind)!;
    expect(cell).toMatchObject({ runtime: "coreml-interpreter", faults: [] });
    expect(cell.heldOut.deviation).toBeGreaterThan(0);
  }

  // A phone that runs nothing but Core ML takes the release under the root that it pinned.
  const root = context.keys.root;
  const phone = {
    root,
    app: context.app.name,
    channel: row.channel.slice(row.channel.indexOf("/") + 1),
    now: row.issued_at,
    acceptedVersion: 0,
    environment: "development",
    capabilities: { sdk: "0.1.0", schema: {}, runtimes: { coreml: 9 } },
  } as const;
  const { window } = context.model;
  const capabilities = { ...phone.capabilities, schema: { [window.event]: window.eventVersion } };
  const release = await verifyRelease(row.envelope as Envelope, { ...phone, capabilities }, releasePorts);
  expect(release.requires).toMatchObject({ runtime: ["onnx", "coreml"] });
  const variants = release.variants.slice(1);
  expect(variants.map(({ kind, format }) => [kind, format])).toEqual(kinds.map((kind) => [kind, "coreml"]));
  const old = { ...capabilities, runtimes: { coreml: 5 } };
  await expect(
    verifyRelease(row.envelope as Envelope, { ...phone, capabilities: old }, releasePorts),
  ).rejects.toMatchObject({ code: "RELEASE_REQUIRES" });

  const vectors = JSON.parse(asText(await context.artifacts.read(release.vectors.sha256))) as SelfTestVectors;
  const { variants: _, ...before } = vectors;
  const archives: Uint8Array[] = [];
  for (const variant of variants) {
    const file = await context.artifacts.read(variant.sha256);
    archives.push(file);
    expect(toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", file.slice())))).toBe(variant.sha256);
    expect(file.length).toBe(variant.bytes);
    expect(await tested(release, variant, { vectors, file })).toBe("passed");
    // By the graph's own answers it would not be known again, and a damaged one is told from it.
    expect(await tested(release, variant, { vectors: before, file })).toBe("SELF_TEST_FAILED");
    expect(await tested(release, variant, { vectors, file: spoilt(file) })).toBe("SELF_TEST_FAILED");
  }
  // 16 colours are half a byte a weight.
  expect(archives[1]!.length).toBeLessThan(archives[0]!.length);
  if (!hasCoremlPython()) return;
  const verdicts = await checkCoreml(archives.map((archive) => unpacked(archive).map(within)));
  expect(verdicts.flatMap((verdict) => ("error" in verdict ? [verdict.error] : []))).toEqual([]);
});
