import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
import { graphBuilder, writeOnnx } from "@tideline/graph";
import { nodeRuntimes, packagePlan, withRoundedAnswers } from "@tideline/pipeline/benchmark";
import { runCase } from "@tideline/spec/benchmark";
import { toBase64, type ReleaseMetadata, type SelfTestVectors } from "@tideline/spec";
import { afterAll, expect, test } from "vitest";
import { devicePackage } from "./benchmark-package.ts";
import { exportCommand } from "./export.ts";

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

test("an exported file of 8 bits is timed, though rows of nobody go beyond what its calibration saw", async () => {
  const number = (at: number): number => ((at * 37) % 101) / 50 - 1;
  const g = graphBuilder("net");
  const layer = (x: ReturnType<typeof g.input>, from: number, to: number) =>
    g.op("Gemm", [
      x,
      g.constant(
        Float32Array.from({ length: from * to }, (_, at) => number(at)),
        [from, to],
      ),
    ]);
  const hidden = g.op("Relu", [layer(g.input("x", "float32", ["N", 8]), 8, 16)]);
  g.output("p", g.op("Softmax", [layer(hidden, 16, 3)]));
  const [path, rows, out] = [join(work, "net.onnx"), join(work, "rows.csv"), join(work, "net")];
  writeFileSync(path, writeOnnx(g.build()));
  const names = Array.from({ length: 8 }, (_, at) => `x${at}`);
  const lines = Array.from({ length: 60 }, (_, row) =>
    names.map((_name, at) => number(row * 8 + at) / 50).join(","),
  );
  writeFileSync(rows, [names.join(","), ...lines].join("\n"));
  const { fault } = await exportCommand(path, {
    out,
    folder: work,
    format: "onnx,onnx-int8,tflite-int8",
    rows,
  });
  expect(fault).toBeUndefined();
  const made = await devicePackage(out, { folder: work }, () => {});
  const planned = await packagePlan(made.manifest, made.read, { runs: 20, sustainSeconds: 0 });
  const runtimes = nodeRuntimes(work);
  const states = async ({ plan, files }: typeof planned) => {
    const found: [string, string][] = [];
    for (const artifact of plan.artifacts) {
      const ports = { now: () => performance.now() };
      const runtime = runtimes.find(({ formats }) => formats.includes(artifact.format))!;
      const bytes = files.get(artifact.sha256)!;
      const { state } = await runCase({ plan, artifact, bytes, runtime, ports, fresh: true });
      found.push([artifact.kind, state]);
    }
    return found;
  };
  expect(await states(planned)).toEqual([
    ["onnx", "timed"],
    ["onnx-int8", "wrong"],
    ["tflite-int8", "wrong"],
  ]);
  expect(await states(await withRoundedAnswers(planned, work))).toEqual([
    ["onnx", "timed"],
    ["onnx-int8", "timed"],
    ["tflite-int8", "timed"],
  ]);
});

test("of several packages in a folder one is named by its manifest", async () => {
  const g = graphBuilder("twice");
  g.output("y", g.op("Add", [g.input("x", "float32", ["N", 2]), g.input("z", "float32", ["N", 2])]));
  const path = join(work, "twice.onnx");
  writeFileSync(path, writeOnnx(g.build()));
  const out = join(work, "several");
  await exportCommand(path, {
    out: join(out, "a"),
    folder: work,
    vectors: "4",
    format: "onnx",
    name: "a.vectors",
  });
  for (const name of ["b", "c.vectors"])
    await exportCommand(path, { out, folder: work, vectors: "4", format: "onnx", name });
  const tell = (): void => undefined;
  await expect(devicePackage(out, { folder: work }, tell)).rejects.toMatchObject({
    code: "DATA_NOT_FOUND",
    parts: { received: "b.json, c.vectors.json" },
  });
  const { manifest, read } = await devicePackage(join(out, "c.vectors.json"), { folder: work }, tell);
  expect((await packagePlan(manifest, read, { runs: 20, sustainSeconds: 0 })).plan.name).toBe("c.vectors");
  const { manifest: alone } = await devicePackage(join(out, "a"), { folder: work }, tell);
  expect(alone).toBe("a.vectors.json");
});
