import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { installPacked } from "../scripts/pack/install.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-server-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string, code: string): string {
  const path = join(folder, "app", name);
  writeFileSync(path, code);
  return execFileSync(process.execPath, [path], { encoding: "utf8", cwd: join(folder, "app") });
}

test("tarballs of graph, learn and pipeline stand alone: every export loads, a table is prepared, read by threads and by the engine, a benchmark's page is served", () => {
  // Whoever runs the suites of checks, or asks cells of the earth, installs the other two.
  const names = ["spec", "predict", "graph", "learn", "pipeline"];
  const manifests = installPacked(join(folder, "app"), names, ["fast-check", "h3-js"]);
  const paths = manifests.flatMap(({ name, exports }) =>
    Object.keys(exports!)
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
import { chain, simpleImputer, standardScaler } from "@tideline/learn/transform";
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
const crew = { ...nodeColumnThreads(2), least: 0 };
const train = await collectFrame(await parquetSource(join(path, "train.parquet"), { shared: true, crew }));
const again = await chain([standardScaler({ columns: ["age"] })]).fitTransformWith(crew, train);
await crew.release();
await writeParquet("lists.parquet", frameOf({ l: [[1, 2], [3]] }));
const lists = await collectFrame(await parquetSource("lists.parquet"));
console.log(JSON.stringify({ rows: again.rows.rows, quarantined: manifest.quarantined, features: manifest.graph.features.length, lists: lists.rows }));
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
