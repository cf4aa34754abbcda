import { existsSync } from "node:fs";
import { join } from "node:path";
import { readBytes, readJson, unusable, type AppShape } from "./evidence.ts";
import { checkEvidence, compareFigure, passedOver, type Finding } from "./figure.ts";
import { sha256, sortedJson } from "./manifest.ts";
import { largestDifference, loadModel, type Runner, type RuntimeName } from "./onnx.ts";
import { readRoots, type EvidenceRelease } from "./release.ts";
import { followRoots, isSigned, RELEASE_PAYLOAD } from "./signature.ts";

/**
 * How far two measures of the same largest difference of probability may be apart: two steps of float32 below 1, for
 * a runtime may add up in another order for another batch or on another processor.
 */
export const PROBABILITY_TOLERANCE = 2 * 2 ** -24;

/** Windows that go through a model at once. */
export const BATCH = 256;

/** A model of a release in a runtime. */
export function loadRelease(runtime: RuntimeName, { bytes, payload }: EvidenceRelease): Promise<Runner> {
  const { input, output, window } = payload.model;
  return loadModel(runtime, bytes, { input, output, size: window.size, channels: window.channels.length });
}

/** What is wrong with the signatures and with what they cover. */
function signatureFaults(
  folder: string,
  app: AppShape,
  releases: readonly EvidenceRelease[],
): readonly string[] {
  const { root, faults } = followRoots(readRoots(folder));
  const found = [...faults];
  const definition = sha256(sortedJson(app));
  let version = 0;
  for (const { payload, envelope, row, id, address } of releases) {
    const who = `release ${payload.version}`;
    const demand = (holds: boolean, sentence: string): void => {
      if (!holds) found.push(`${who} ${sentence}`);
    };
    demand(isSigned(envelope, RELEASE_PAYLOAD, "release", root), "is not signed by the release role");
    demand(payload.type === "release" && payload.app === app.name, "is of another app or kind");
    demand(id === address, "is not named by the bytes of its model");
    demand(payload.version > version, "has no higher version than the one before");
    demand(payload.issued < payload.expires && payload.issued < root.expires, "was issued after it expired");
    demand(row["id"] === id && row["version"] === payload.version, "has another row in the catalog");
    demand(payload.model.definition === definition, "was trained with another definition");
    const vectors = readBytes(folder, join("artifacts", payload.vectors.sha256));
    demand(sha256(vectors) === payload.vectors.sha256, "has other self-test vectors than it signed");
    version = payload.version;
  }
  return found;
}

/**
 * The held-out windows of a release, one after the other; null where a retention or an erasure took them. Unusable
 * evidence where there is no folder for them, or a file that holds none.
 */
export function readHeldOut(
  folder: string,
  { version, payload }: EvidenceRelease,
): readonly Float32Array[] | null {
  const { size, channels } = payload.model.window;
  const length = size * channels.length;
  if (!existsSync(join(folder, "parity"))) throw unusable(`The evidence has no folder parity: ${folder}.`);
  const name = join("parity", `${version}.f32`);
  if (!existsSync(join(folder, name))) return null;
  const bytes = Uint8Array.from(readBytes(folder, name));
  if (bytes.length === 0 || bytes.length % (4 * length) !== 0)
    throw unusable(`${name} holds no whole windows.`);
  const values = new Float32Array(bytes.buffer);
  return Array.from({ length: values.length / length }, (_, index) =>
    values.subarray(index * length, (index + 1) * length),
  );
}

/** Largest difference of probability between the two runtimes over the held-out windows; null where these are gone. */
async function measureParity(folder: string, release: EvidenceRelease): Promise<number | null> {
  const windows = readHeldOut(folder, release);
  if (windows === null) return null;
  const length = windows[0]!.length;
  const runners = await Promise.all([
    loadRelease("onnxruntime-node", release),
    loadRelease("onnxruntime-web", release),
  ]);
  let largest = 0;
  for (let from = 0; from < windows.length; from += BATCH) {
    const part = windows.slice(from, from + BATCH);
    const values = new Float32Array(part.length * length);
    for (const [index, window] of part.entries()) values.set(window, index * length);
    const [left, right] = await Promise.all(runners.map((runner) => runner.run(values, part.length)));
    const difference = largestDifference(left!, right!);
    if (!(difference <= largest)) largest = difference;
  }
  for (const runner of runners) await runner.release();
  return largest;
}

interface SelfTest {
  readonly tolerance: number;
  readonly windows: readonly (readonly number[])[];
  readonly probabilities: readonly (readonly number[])[];
}

/** What the model gives otherwise than its self-test vectors say. */
async function selfTestFaults(folder: string, release: EvidenceRelease): Promise<readonly string[]> {
  const vectors = readJson(folder, join("artifacts", release.payload.vectors.sha256)) as SelfTest;
  const runner = await loadRelease("onnxruntime-node", release);
  const found = await runner.run(Float32Array.from(vectors.windows.flat()), vectors.windows.length);
  await runner.release();
  const difference = largestDifference(found, vectors.probabilities.flat());
  if (difference <= vectors.tolerance) return [];
  return [`release ${release.version}: ${difference} off, ${vectors.tolerance} allowed`];
}

/** Id, bytes, version and parity of each release, and the chain of signatures. */
export async function auditReleases(
  folder: string,
  app: AppShape,
  releases: readonly EvidenceRelease[],
  reported: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [compareFigure("releases", reported.length, releases.length)];
  const selfTests: string[] = [];
  let notCompared = 0;
  for (const [index, release] of releases.entries()) {
    const said = reported[index] ?? {};
    const name = (figure: string): string => `releases[${index}].${figure}`;
    const parity = await measureParity(folder, release);
    if (parity === null) notCompared += 1;
    findings.push(
      compareFigure(name("id"), said["id"], release.address),
      compareFigure(name("version"), said["version"], release.version),
      compareFigure(name("bytes"), said["bytes"], release.bytes.length),
      parity === null
        ? passedOver(name("parity"), said["parity"], "the windows are past their retention")
        : compareFigure(name("parity"), said["parity"], parity, { tolerance: PROBABILITY_TOLERANCE }),
    );
    selfTests.push(...(await selfTestFaults(folder, release)));
  }
  const looked = `${releases.length} releases`;
  return [
    ...findings,
    checkEvidence(
      "releases are signed, named by their bytes and follow each other",
      signatureFaults(folder, app, releases),
      looked,
    ),
    checkEvidence("models give what their self-test vectors say", selfTests, looked),
    checkEvidence(
      "runtimes agree on the windows that are there",
      [],
      `${releases.length - notCompared} of ${looked}, ${notCompared} not compared`,
    ),
  ];
}
