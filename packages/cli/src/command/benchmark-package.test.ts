import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  commit,
  folderLayout,
  listReleases,
  manifestOf,
  openArtifacts,
  openCatalog,
  ownFolder,
  recordRelease,
} from "@tideline/pipeline";
import { packagePlan } from "@tideline/pipeline/benchmark";
import { toBase64, type ReleaseMetadata, type SelfTestVectors } from "@tideline/spec";
import { afterAll, expect, test } from "vitest";
import { devicePackage } from "./benchmark-package.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-benchmark-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const folder = join(work, "loop");
cpSync(join(import.meta.dirname, "../../../../vectors/compat/v1/folder"), folder, { recursive: true });

const encoder = new TextEncoder();

test("files of a release are what their variants say, and those of fewer bits are held to their own answers", async () => {
  const owner = await ownFolder(folder, { command: "test" });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  const [row] = await listReleases(catalog);
  const artifacts = await openArtifacts(folderLayout(folder).artifact);
  const before = manifestOf(row!);
  const known = JSON.parse(
    new TextDecoder().decode(await artifacts.read(before.vectors.sha256)),
  ) as SelfTestVectors;
  const [exact, eight, archive] = [
    await artifacts.put(encoder.encode("float32")),
    await artifacts.put(encoder.encode("int8")),
    await artifacts.put(encoder.encode("PK")),
  ];
  const answers = known.probabilities.map((one) => one.toReversed());
  const vectors = await artifacts.put(
    encoder.encode(
      JSON.stringify({ ...known, variants: { [eight.sha256]: { deviation: 0.01, probabilities: answers } } }),
    ),
  );
  const manifest: ReleaseMetadata = {
    ...before,
    version: 2,
    variants: [
      ...before.variants,
      { ...exact, format: "litert", kind: "tflite", version: 3 },
      { ...eight, format: "litert", kind: "tflite-int8", version: 3 },
      { ...archive, format: "coreml", kind: "mlpackage-int8", version: 7 },
    ],
    vectors,
  };
  const payload = toBase64(encoder.encode(JSON.stringify(manifest)));
  await commit(catalog, (writer) =>
    recordRelease(writer, { ...row!, version: 2, envelope: { ...row!.envelope, payload } }),
  );
  await catalog.close();
  owner.release();

  const made = await devicePackage(`${row!.channel}@2`, { folder }, () => {});
  const { plan, left } = await packagePlan(made.manifest, made.read, { runs: 1, sustainSeconds: 0 });
  expect(plan.artifacts.map(({ kind, numbers, bound }) => [kind, numbers, bound.of])).toEqual([
    ["onnx", "exact", "most"],
    ["tflite", "exact", "most"],
    ["tflite-int8", "int8", "rms"],
  ]);
  expect(plan.artifacts[2]!.answers).toEqual({ [manifest.model.output]: answers.flat() });
  expect(plan.artifacts[1]!.answers).toBeUndefined();
  expect(left.map(({ artifact }) => artifact)).toEqual(["mlpackage-int8"]);
});
