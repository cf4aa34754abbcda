import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { run } from "./process.ts";
import { vectorInput } from "./vector-input.ts";
import { runVectors, type VectorInput, type VectorReport } from "./vector-run.ts";

const root = join(import.meta.dirname, "../..");

/** Sources of the run of vectors, which are bundled with the installed SDK. */
const SOURCES = [
  "scripts/react-native/vector-run.ts",
  "scripts/react-native/wire-run.ts",
  "test/device-hermes-driver.ts",
  "test/device-app.ts",
];

const ENTRY = `
import input from "./vector-input.json";
import { runVectors } from "./scripts/react-native/vector-run.ts";
runVectors(input).then(
  (report) => print(JSON.stringify(report)),
  (error) => print("FAILED " + (error && error.stack)),
);
`;

/** Version of a package of a project. */
export const installedVersion = (project: string, name: string): string =>
  (
    JSON.parse(readFileSync(join(project, "node_modules", name, "package.json"), "utf8")) as {
      version: string;
    }
  ).version;

function bundle(project: string, entry: string, out: string, env: Readonly<Record<string, string>>): string {
  const path = join(project, "build", out);
  mkdirSync(join(project, "build"), { recursive: true });
  const metro = join(project, "node_modules/metro/src/cli.js");
  const options = [
    "--platform",
    "android",
    "--dev",
    "false",
    "--minify",
    "true",

    "--out",
    path,
  ];
  run(process.execPath, [metro, "build", entry, ...options], {
    cwd: project,
    env: { ...env, NODE_ENV: "production" },
  });
  return path;
}

/** Bundles the sample's app as a release build does; gives the bundle's path. */
export const bundleApp = (project: string): string => bundle(project, "index.js", "app.js", {});

/** Bytes that the SDK adds to an app. */
export interface SdkSize {
  readonly bytes: number;
  readonly gzip: number;
}

/** What the client and all adapters cost in a bundle of Metro's, which leaves nothing out that a package imports. */
export function measureSdk(project: string): SdkSize {
  writeFileSync(
    join(project, "sdk.js"),
    'export * from "@tideline/device";\nexport * from "@tideline/react-native";\n',
  );
  const bytes = readFileSync(bundle(project, "sdk.js", "sdk-only.js", { BARE: "1" }));
  return { bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}

/** The bundles of the run of vectors. */
export interface VectorBundles {
  readonly input: VectorInput;
  /** What the sources make of it on this Node. */
  readonly source: VectorReport;
  /** As the preset of React Native makes it. */
  readonly plain: string;
  /** Lowered by the same preset for an engine without classes and block scopes. */
  readonly lowered: string;
}

/** Bundles the run of every vector with the installed SDK, without what React Native puts around an app. */
export async function bundleVectors(project: string): Promise<VectorBundles> {
  const folder = join(project, "vector");
  for (const source of SOURCES) cpSync(join(root, source), join(folder, source));
  const input = await vectorInput();
  writeFileSync(join(folder, "vector-input.json"), JSON.stringify(input));
  writeFileSync(join(folder, "entry.js"), ENTRY);
  return {
    input,
    source: await runVectors(input),
    plain: bundle(project, "vector/entry.js", "vector.js", { BARE: "1" }),
    lowered: bundle(project, "vector/entry.js", "vector-lowered.js", { BARE: "1", LOWER: "1" }),
  };
}
