import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readOnnx, writeTable } from "@tideline/graph";
import { loadTable } from "@tideline/predict";
import {
  fromBase64,
  toBase64,
  verifyRelease,
  verifyRoots,
  type Envelope,
  type ReleaseContext,
  type ReleaseMetadata,
  type SelfTestVectors,
  type VariantAnswers,
} from "@tideline/spec";
import { beforeAll, describe, expect, test } from "vitest";
import { onnxruntimeNode, onnxruntimeWeb, tableRuntime, tableRuntimeOf } from "../runtime/index.ts";
import { sampleModel } from "../runtime/testing/sample-model.ts";
import { openArtifacts, type ArtifactStore } from "./artifact.ts";
import { openKeys, rotateReleaseKey, type KeyRing } from "./key.ts";
import {
  killRelease,
  makeRelease,
  RELEASE_VALID_FOR,
  renewRelease,
  rollbackRelease,
  type ReleaseOptions,
  type SignedRelease,
} from "./make-release.ts";
import { makeArtifacts } from "./matrix/index.ts";
import type { ParityReport } from "./parity.ts";
import { releasePorts } from "./release-port.ts";
import { createShelf } from "./shelf.ts";
import { answerVariants } from "./variant-answer.ts";
import { NEW_YEAR, sampleParity, samplePhone, sampleReleaseOptions } from "./testing/sample-release.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();
let keys: KeyRing;
let artifacts: ArtifactStore;
let options: ReleaseOptions;
let first: SignedRelease;

beforeAll(async () => {
  keys = await openKeys(join(folder, "keys"), { now: NEW_YEAR });
  artifacts = await openArtifacts(join(folder, "artifact"));
  options = await sampleReleaseOptions(keys, artifacts);
  first = await makeRelease(options);
});

/** What a phone says to an envelope. */
const take = (envelope: Envelope, change: Partial<ReleaseContext> = {}): Promise<ReleaseMetadata> =>
  verifyRelease(envelope, { ...samplePhone(keys.root), ...change }, releasePorts);

/** A report whose first cell is otherwise. */
const withCell = (
  parity: ParityReport,
  change: Partial<ParityReport["matrix"]["cells"][number]>,
): ParityReport => {
  const [first, ...rest] = parity.matrix.cells;
  return { ...parity, matrix: { ...parity.matrix, cells: [{ ...first!, ...change }, ...rest] } };
};

/** The envelope with another payload under the old signature. */
const forge = (envelope: Envelope, change: (text: string) => string): Envelope => ({
  ...envelope,
  payload: toBase64(new TextEncoder().encode(change(new TextDecoder().decode(fromBase64(envelope.payload))))),
});

test("a phone accepts a release and finds its artifacts", async () => {
  const release = await take(first.envelope);
  expect(release).toEqual(first.release);
  expect(release).toMatchObject({
    version: 1,
    issued: NEW_YEAR,
    expires: NEW_YEAR + RELEASE_VALID_FOR,
    kill: false,
  });
  expect(release.requires).toEqual({ sdk: "0.1.0", schema: { motion: 1 }, runtime: ["onnx"], opset: 18 });
  expect(await artifacts.read(release.variants[0]!.sha256)).toEqual(options.bytes);
  expect(release.id).toBe(release.variants[0]!.sha256);
  const vectors = JSON.parse(
    new TextDecoder().decode(await artifacts.read(release.vectors.sha256)),
  ) as SelfTestVectors;
  expect(vectors).toEqual(options.vectors);
});

test("where parity covered it, a release offers the graph's table too, to phones that run nothing else", async () => {
  const parity = await sampleParity(options.bytes, [onnxruntimeNode, tableRuntime]);
  const { release, envelope } = await makeRelease({ ...options, parity });
  const [graph, table] = release.variants;
  expect(graph).toEqual(first.release.variants[0]);
  expect(table).toMatchObject({ format: "table", version: 1 });
  const model = loadTable(await artifacts.read(table!.sha256));
  const given = options.vectors.windows[0]!;
  for (const [at, probability] of options.vectors.probabilities[0]!.entries())
    expect(model.run(Float32Array.from(given))[at]).toBeCloseTo(probability, 6);
  const capabilities = { sdk: "0.1.0", schema: { motion: 1 }, runtimes: { table: 1 } };
  expect(await take(envelope, { capabilities })).toEqual(release);
  await expect(take(first.envelope, { capabilities })).rejects.toThrow(
    expect.objectContaining({ code: "RELEASE_REQUIRES" }),
  );
});

test("a release whose table is not the one that was compared is not made", async () => {
  // A writer that changes what no comparison of numbers sees: the names of classes.
  const renamed = tableRuntimeOf((bytes) => {
    const result = writeTable(readOnnx(bytes).graph, { labels: ["rest", "motion"] });
    return result.ok ? result.bytes : expect.unreachable();
  });
  const parity = await sampleParity(options.bytes, [onnxruntimeNode, renamed]);
  await expect(makeRelease({ ...options, parity })).rejects.toMatchObject({ code: "PARITY_FAILED" });
});

test("the matrix of artifacts and runtimes is kept with the release: figures, and no row", async () => {
  const { envelope, evidence } = await makeRelease(options);
  const text = new TextDecoder().decode(await artifacts.read(evidence.sha256));
  expect(JSON.parse(text)).toEqual(options.parity.matrix);
  expect(text).toMatch(
    /"artifact":"graph","runtime":"interpreter".*"artifact":"onnx","runtime":"onnxruntime-web"/,
  );
  expect(text.length).toBeLessThan(8000);
  expect(JSON.stringify(envelope)).not.toContain(evidence.sha256);
});

test("LiteRT is offered where the matrix has run it, and not otherwise", async () => {
  const model = readOnnx(options.bytes);
  const { made } = await makeArtifacts({ model, name: "sample" }, ["tflite"]);
  await expect(makeRelease({ ...options, variants: made })).rejects.toMatchObject({ code: "PARITY_FAILED" });
  const compared = await sampleParity(options.bytes, [onnxruntimeNode, onnxruntimeWeb], made);
  const { release } = await makeRelease({ ...options, parity: compared, variants: made });
  expect(release.variants.map(({ format }) => format)).toEqual(["onnx", "litert"]);
  expect(release.requires).toMatchObject({ runtime: ["onnx", "litert"], levels: { litert: 3 } });
  // One of rounded numbers has answers of its own, which are no wider than what the matrix measured.
  const rounded = { ...made[0]!, numbers: "float16" } as const;
  const own = await answerVariants([rounded], { ...options, matrix: compared.matrix });
  const withOwn = { ...options, parity: compared, variants: [rounded] };
  expect((await makeRelease({ ...withOwn, vectors: own.vectors })).release.variants.length).toBe(2);
  const [[sha256, answers]] = Object.entries(own.vectors.variants!) as [[string, VariantAnswers]];
  for (const wrong of [
    undefined,
    { [sha256]: { ...answers, deviation: 2 * answers.deviation } },
    { [sha256]: { ...answers, probabilities: answers.probabilities.map(() => answers.probabilities[0]!) } },
    { [sha256]: { ...answers, probabilities: [] } },
  ]) {
    const vectors = { ...options.vectors, ...(wrong && { variants: wrong }) };
    await expect(makeRelease({ ...withOwn, vectors })).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  }
  const [graph] = (await makeArtifacts({ model, name: "sample" }, ["onnx"])).made;
  await expect(makeRelease({ ...options, variants: [graph!] })).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
  });
});

test("ONNX Runtime's own format is offered where the matrix has run it, and what is told of the graph stays the graph's", async () => {
  const { made } = await makeArtifacts({ model: readOnnx(options.bytes), name: "sample" }, ["ort"]);
  await expect(makeRelease({ ...options, variants: made })).rejects.toMatchObject({ code: "PARITY_FAILED" });
  const compared = await sampleParity(options.bytes, [onnxruntimeNode, onnxruntimeWeb], made);
  const ran = compared.matrix.cells.filter(({ artifact }) => artifact === "ort");
  expect(ran.map(({ runtime }) => runtime)).toEqual(["onnxruntime-node", "onnxruntime-web"]);
  const of = ({ byRuntime }: typeof compared) => Object.values(byRuntime).map(({ artifact }) => artifact);
  expect(of(compared)).toEqual(of(options.parity));
  const { release } = await makeRelease({ ...options, parity: compared, variants: made });
  expect(release.variants[1]).toMatchObject({ format: "ort", kind: "ort", version: 6 });
  expect(release.requires).toMatchObject({ runtime: ["onnx", "ort"], levels: { ort: 6 } });
});

test("the same inputs and keys give the same bytes", async () => {
  expect(await makeRelease(options)).toEqual(first);
});

describe("a phone refuses", () => {
  test.each<[string, (text: string) => string]>([
    ["another version", (text) => text.replace('"version":1', '"version":2')],
    ["another artifact", (text) => text.replace(/"sha256":"../, '"sha256":"00')],
    ["a lifted kill switch", (text) => text.replace('"kill":false', '"kill":true ')],
    ["one more space", (text) => `${text} `],
  ])("%s under the old signature", async (_, change) => {
    const forged = forge(first.envelope, change);
    expect(forged.payload).not.toBe(first.envelope.payload);
    await expect(take(forged)).rejects.toMatchObject({ code: "RELEASE_SIGNATURE_INVALID" });
  });

  test("a signature of keys that it does not trust", async () => {
    const other = await openKeys(join(folder, "other"), { now: NEW_YEAR });
    const { envelope } = await makeRelease({ ...options, keys: other });
    await expect(take(envelope)).rejects.toMatchObject({ code: "RELEASE_SIGNATURE_INVALID" });
    const renamed = { ...envelope, signatures: [{ ...envelope.signatures[0]!, keyid: keys.releaseKey.id }] };
    await expect(take(renamed)).rejects.toMatchObject({ code: "RELEASE_SIGNATURE_INVALID" });
  });

  test("an expired, older or too demanding manifest, and development keys in production", async () => {
    const code = (change: Partial<ReleaseContext>) =>
      take(first.envelope, change).catch((error: unknown) => error);
    expect(await code({ now: first.release.expires })).toMatchObject({ code: "RELEASE_EXPIRED" });
    expect(await code({ acceptedVersion: 2 })).toMatchObject({ code: "RELEASE_ROLLBACK" });
    expect(await code({ environment: "production" })).toMatchObject({ code: "RELEASE_DEVELOPMENT_KEY" });
    const old = { ...samplePhone(keys.root).capabilities, sdk: "0.0.9" };
    expect(await code({ capabilities: old })).toMatchObject({ code: "RELEASE_REQUIRES" });
  });
});

describe("no release is made", () => {
  test("without a parity report of these very bytes", async () => {
    const { parity, ...without } = options;
    // @ts-expect-error a release needs a parity report
    const missing: ReleaseOptions = without;
    const ofOther = await sampleParity(sampleModel(1));
    const reports: ReleaseOptions[] = [
      missing,
      { ...options, parity: ofOther },
      { ...options, parity: { ...parity, maxProbabilityDifference: 2e-4 } },
      { ...options, parity: { ...parity, maxFeatureDifference: NaN } },
      { ...options, parity: { ...parity, runtimes: parity.runtimes.slice(1) } },
      { ...options, parity: { ...parity, matrix: ofOther.matrix } },
      { ...options, parity: withCell(parity, { faults: ["answers differ"] }) },
      { ...options, parity: { graph: parity.graph } as ParityReport },
    ];
    for (const wrong of reports) {
      await expect(makeRelease(wrong)).rejects.toMatchObject({ code: "PARITY_FAILED" });
    }
  });

  test("with vectors of other windows, a senseless version or an expired root", async () => {
    const { vectors } = options;
    const code = (change: Partial<ReleaseOptions>) =>
      makeRelease({ ...options, ...change }).catch((error: unknown) => error);
    expect(await code({ vectors: { ...vectors, windows: [] } })).toMatchObject({ code: "ARGUMENT_INVALID" });
    expect(await code({ previousVersion: -1 })).toMatchObject({ code: "ARGUMENT_INVALID" });
    expect(await code({ previousVersion: 0.5 })).toMatchObject({ code: "ARGUMENT_INVALID" });
    expect(await code({ validFor: 0 })).toMatchObject({ code: "ARGUMENT_INVALID" });
    expect(await code({ sdk: "one" })).toMatchObject({ code: "ARGUMENT_INVALID" });
    expect(await code({ now: keys.root.expires })).toMatchObject({ code: "RELEASE_EXPIRED" });
  });
});

test("a kill switch and a rollback are new versions that a phone accepts in order", async () => {
  const bytes = sampleModel(1);
  const second = await makeRelease({
    ...(await sampleReleaseOptions(keys, artifacts, bytes)),
    previousVersion: first.release.version,
  });
  const killed = killRelease(second.release, { previousVersion: 2, now: NEW_YEAR, keys });
  const back = await rollbackRelease(first.release, { previousVersion: 3, now: NEW_YEAR, keys, artifacts });
  let acceptedVersion = 0;
  for (const { envelope } of [first, second, killed, back]) {
    acceptedVersion = (await take(envelope, { acceptedVersion })).version;
  }
  expect(acceptedVersion).toBe(4);
  expect(killed.release).toMatchObject({ kill: true, id: second.release.id });
  expect(back.release).toEqual({ ...first.release, version: 4 });
  await expect(
    rollbackRelease(killed.release, { previousVersion: 4, now: NEW_YEAR, keys, artifacts }),
  ).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  await expect(
    rollbackRelease(back.release, { previousVersion: 3, now: NEW_YEAR, keys, artifacts }),
  ).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});

test("there is no rollback to artifacts that are gone", async () => {
  const own = await openArtifacts(join(folder, "gone"));
  const { release } = await makeRelease({ ...options, artifacts: own });
  await rm(join(folder, "gone", release.vectors.sha256));
  await expect(
    rollbackRelease(release, { previousVersion: 1, now: NEW_YEAR, keys, artifacts: own }),
  ).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("after a rotation a phone refuses what the old key signed and accepts it signed again", async () => {
  const old = await openKeys(join(folder, "rotated"), { now: NEW_YEAR });
  const signed = await makeRelease({ ...options, keys: old });
  const next = await rotateReleaseKey(old, { now: NEW_YEAR });
  const root = await verifyRoots(old.root, next.chain, releasePorts);
  await expect(take(signed.envelope, { root })).rejects.toMatchObject({ code: "RELEASE_SIGNATURE_INVALID" });
  const renewed = renewRelease(signed.release, { previousVersion: 1, now: NEW_YEAR, keys: next });
  expect(await take(renewed.envelope, { root })).toEqual({ ...signed.release, version: 2 });
});

test("a shelf offers the newest release of a channel and never goes back", () => {
  const shelf = createShelf(keys.chain);
  const artifact = first.release.variants[0]!.sha256;
  expect(shelf.isReleased(artifact)).toBe(false);
  shelf.publish(first);
  expect(shelf.isReleased(artifact)).toBe(true);
  expect(shelf.current("sample", "stable")).toBe(first);
  expect(shelf.current("sample", "beta")).toBeUndefined();
  expect(() => shelf.publish(first)).toThrow("RELEASE_ROLLBACK");
});
