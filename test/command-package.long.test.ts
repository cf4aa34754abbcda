import { execFileSync, spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { LoopReport } from "@tideline/spec";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COMMAND, packSdk, type Tarball } from "../scripts/pack.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-command-package-"));
const app = join(folder, "app");
let tarballs: readonly Tarball[];

/** Nothing of the repository but its Node, and what the machine says of its network: what a team has. */
const OWN = /^(?:npm_(?:lifecycle|package|config_local_prefix)|NODE_(?:ENV|PATH|OPTIONS)$|VITEST)/;
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN.test(name))),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`,
};
const tideline = (...words: readonly string[]): string =>
  execFileSync("npx", ["--no-install", "tideline", ...words], {
    cwd: app,
    encoding: "utf8",
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
/** What `--json` prints on the last line. */
const answered = (...words: readonly string[]): unknown =>
  JSON.parse(
    tideline(...words, "--json")
      .trim()
      .split("\n")
      .at(-1)!,
  );

beforeAll(() => {
  tarballs = packSdk(join(folder, "tarballs"), COMMAND);
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), '{ "name": "gym", "private": true, "type": "module" }\n');
  writeFileSync(join(app, ".npmrc"), "onnxruntime-node-install=skip\n");
  const install = ["install", "--prefer-offline", "--no-audit", "--no-fund"];
  execFileSync("npm", [...install, ...tarballs.map(({ path }) => path)], {
    cwd: app,
    env: environment,
    stdio: ["ignore", "ignore", "inherit"],
  });
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Manifest {
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}
const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(app, "node_modules", name, "package.json"), "utf8")) as Manifest;

test("what a built file imports, its package names in a range; no test, source or file of the repository travels", () => {
  const statement = /^(?:import|export)\s[^"';]*?from\s*["']([^"'\s]+)["']|\bimport\(\s*["']([^"'\s]+)["']/gm;
  const missing = tarballs.flatMap(({ name, files }) => {
    const { dependencies = {}, peerDependencies = {} } = manifestOf(name);
    const named = new Set([name, ...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
    const loose = Object.entries(dependencies).filter(([, range]) => !/^[\^~]?\d/.test(range));
    const odd = files.filter((file) => /\.test\.|(?<!\.d)\.tsx?$/.test(file));
    const strangers = files
      .filter((file) => file.endsWith(".js") && !file.startsWith("dist/page/"))
      .flatMap((file) => {
        const text = readFileSync(join(app, "node_modules", name, file), "utf8");
        const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
        const wanted = [...code.matchAll(statement)].map((found) => (found[1] ?? found[2])!);
        return wanted
          .filter((module) => !/^(?:\.|node:|\/)/.test(module) && !builtinModules.includes(module))
          .map((module) => module.split("/", module.startsWith("@") ? 2 : 1).join("/"))
          .filter((module) => !named.has(module))
          .map((module) => `${file} imports ${module}`);
      });
    return [...loose.map(String), ...odd, ...strangers].map((fault) => `${name}: ${fault}`);
  });
  // The suites of checks are for those who have the library that they are written with.
  expect(missing.filter((fault) => !/\btesting\b.* imports fast-check$/.test(fault))).toEqual([]);
  expect(manifestOf("@tideline/cli").engines).toEqual({ node: ">=24" });
});

test("the installed command helps, tells its version, profiles, prepares from a definition in TypeScript, and exports", () => {
  expect(tideline("--help")).toContain("Usage: tideline");
  expect(tideline("--version").trim()).toBe(manifestOf("@tideline/cli").version);
  const lines = Array.from({ length: 500 }, (_, row) => `${row % 90},${row / 7},${row % 2}`);
  writeFileSync(join(app, "visits.csv"), `age,spent,bought\n${lines.join("\n")}\n`);
  expect(answered("profile", "visits.csv", "--html", "visits.html")).toMatchObject({ rows: 500 });
  expect(readFileSync(join(app, "visits.html"), "utf8")).toContain("<!doctype html>");
  writeFileSync(
    join(app, "visits.ts"),
    `import { standardScaler } from "@tideline/learn/transform";
import { prepare, table, type Preparation } from "@tideline/pipeline/prepare";

export const preparation: Preparation = prepare({
  name: "visits",
  source: table(new URL("visits.csv", import.meta.url)),
  split: { by: "row", test: 0.2 },
  steps: [standardScaler({ columns: ["age", "spent"] })],
  label: "bought",
});
`,
  );
  const first = answered("prepare", "visits.ts") as { readonly path: string };
  const again = { path: first.path, unchanged: true };
  expect(answered("prepare", "visits.ts")).toMatchObject(again);
  const graph = join(app, first.path, "graph.onnx");
  expect(answered("export", graph, "--format", "onnx,tflite,mlpackage", "--out", "model")).toMatchObject({
    files: expect.arrayContaining(["graph.onnx", "graph.tflite"]),
  });
  tideline("export", graph, "--source", "kotlin", "--package", "com.example", "--out", "kotlin");
  expect(globSync("model/**/*.tflite", { cwd: app })).toHaveLength(1);
  expect(globSync("kotlin/**/*.kt", { cwd: app }).length).toBeGreaterThan(0);
  // Compiled code is kept where the project keeps such things, and nowhere beside.
  expect(existsSync(join(app, "node_modules/.cache/tideline"))).toBe(true);
  expect(existsSync(join(app, "node_modules/node_modules"))).toBe(false);
}, 120_000);

test("the installed server serves its page", async () => {
  const server = spawn(join(app, "node_modules/.bin/tideline"), ["serve", "--port", "0"], {
    cwd: app,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  try {
    const address = await new Promise<string>((resolve, reject) => {
      for (const stream of [server.stdout, server.stderr])
        createInterface(stream).on("line", (line) => {
          const found = /http:\/\/[\d.]+:\d+/.exec(line);
          if (found !== null) resolve(found[0]);
        });
      void ended.then((status) => reject(new Error(`the server ended with ${String(status)}`)));
    });
    const page = await (await fetch(address)).text();
    const files = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect((await fetch(address + file)).status).toBe(200);
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
}, 120_000);

test("the installed command plays the whole loop: phones, training, a release", () => {
  const report = answered("start", "--exit", "--no-drift", "--port", "0", "--folder", "play") as LoopReport;
  expect(report.phones.count).toBeGreaterThan(0);
  expect(report.predictions.device).toBeGreaterThan(0);
}, 400_000);
