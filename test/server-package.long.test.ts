import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packSdk } from "../scripts/pack.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-server-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const modules = join(import.meta.dirname, "../node_modules");

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Unpacks tarballs as npm does; what else they need is linked, so that no network is asked. */
function install(): readonly Manifest[] {
  const tarballs = packSdk(join(folder, "tarballs"), ["spec", "predict", "graph", "learn", "pipeline"]);
  const manifests = tarballs.map(({ name, path }) => {
    const own = join(folder, "app/node_modules", name);
    mkdirSync(own, { recursive: true });
    execFileSync("tar", ["-xzf", path, "-C", own, "--strip-components", "1"]);
    return JSON.parse(readFileSync(join(own, "package.json"), "utf8")) as Manifest;
  });
  const names = new Set(manifests.map(({ name }) => name));
  // Whoever runs the suites of checks, or asks cells of the earth, installs these.
  const more = ["fast-check", "h3-js"];
  for (const name of new Set([
    ...more,
    ...manifests.flatMap(({ dependencies = {} }) => Object.keys(dependencies)),
  ])) {
    const link = join(folder, "app/node_modules", name);
    if (names.has(name) || existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(modules, name), link);
  }
  writeFileSync(join(folder, "app/package.json"), '{ "type": "module" }\n');
  return manifests;
}

function run(name: string, code: string): string {
  const path = join(folder, "app", name);
  writeFileSync(path, code);
  return execFileSync(process.execPath, [path], { encoding: "utf8", cwd: join(folder, "app") });
}

test("tarballs of graph, learn and pipeline stand alone: every export loads, a table is prepared, read by threads and by the engine, a benchmark's page is served", () => {
  const manifests = install();
  const paths = manifests.flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((path) => path !== "./package.json")
      .map((path) => name + path.slice(1)),
  );
  expect(paths.length).toBeGreaterThan(30);
  const loaded = run(
    "load.js",
    `for (const path of ${JSON.stringify(paths)}) if (Object.keys(await import(path)).length === 0) throw new Error(path);\nconsole.log("all");\n`,
  );
  expect(loaded).toBe("all\n");
  const lines = Array.from(
    { length: 500 },
    (_, row) => `${row % 90},${row % 3 === 0 ? "" : row / 7},${row % 2}`,
  );
  writeFileSync(join(folder, "app/visits.csv"), `age,spent,bought\n${lines.join("\n")}\n`);
  const said = run(
    "prepare.js",
    `import { checks, range } from "@tideline/learn/check";
import { collectFrame, frameOf } from "@tideline/learn/frame";
import { simpleImputer, standardScaler } from "@tideline/learn/transform";
import { nodeColumnThreads, parquetSource, writeParquet } from "@tideline/pipeline/frame";
import { prepare, runPreparation, table } from "@tideline/pipeline/prepare";
import { join } from "node:path";

const preparation = prepare({
  name: "visits",
  source: table(new URL("visits.csv", import.meta.url)),
  checks: checks({ columns: { age: [range(0, 80, { severity: "quarantine" })] }, rows: [] }),
  split: { by: "row", test: 0.2 },
  steps: [simpleImputer({ columns: ["spent"] }), standardScaler({ columns: ["age", "spent"] })],
  label: "bought",
});
const { path, manifest } = await runPreparation(preparation, { folder: "out" });
const train = await collectFrame(await parquetSource(join("out", path, "train.parquet")).catch(() => parquetSource(join(path, "train.parquet"))));
await writeParquet("lists.parquet", frameOf({ l: [[1, 2], [3]] }));
const lists = await collectFrame(await parquetSource("lists.parquet"));
const crew = nodeColumnThreads(1);
await crew.release();
console.log(JSON.stringify({ rows: train.rows, quarantined: manifest.quarantined, features: manifest.graph.features.length, lists: lists.rows }));
`,
  );
  const { rows, ...rest } = JSON.parse(said.trim().split("\n").at(-1)!) as Readonly<Record<string, number>>;
  expect(rest).toEqual({
    quarantined: lines.filter((line) => Number(line.split(",")[0]) > 80).length,
    features: 2,
    lists: 2,
  });
  expect(rows).toBeGreaterThan(300);
  const served = run(
    "page.js",
    `import { serveBenchmark } from "@tideline/pipeline/benchmark";
const server = await serveBenchmark({ files: { plan: {}, files: new Map() }, host: "127.0.0.1", port: 0, take: async () => {} });
const html = await (await fetch(server.address)).text();
const paths = html.match(/\\/module\\/[^"]+/gu);
const answers = await Promise.all(paths.map((path) => fetch(server.address + path)));
console.log(JSON.stringify(paths.map((path, at) => [path, answers[at].status])));
await server.close();
`,
  );
  expect(JSON.parse(served)).toEqual([
    ["/module/spec/benchmark/index.js", 200],
    ["/module/predict/index.js", 200],
    ["/module/page/page.js", 200],
  ]);
}, 300_000);
