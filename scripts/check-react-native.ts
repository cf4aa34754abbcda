import { rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packSdk } from "./pack.ts";
import { checkConsumer } from "./react-native/consumer.ts";
import { checkExpo, HARNESS, RECORDER } from "./react-native/expo.ts";
import { bytecodeOf, compile, engine, releaseCompiler, versionOf } from "./react-native/hermes.ts";
import { bundleApp, bundleVectors, installedVersion, measureSdk } from "./react-native/metro.ts";
import { openProject } from "./react-native/project.ts";
import { tarballFaults } from "./react-native/tarball-fault.ts";
import { checkRun, runOnHermes, runOnNode } from "./react-native/vector-check.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    "skip-expo": { type: "boolean", default: false },
  },
});
const began = performance.now();
const tell = (line: string): void => {
  if (!values.json) console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(3)} s  ${line}`);
};
const faults: string[] = [];
const blame = (found: readonly string[]): void => {
  faults.push(...found);
  for (const fault of found) console.error(`FAULT  ${fault}`);
};

const out = join(tmpdir(), "tideline-check", "tarballs");
rmSync(out, { recursive: true, force: true });
const tarballs = packSdk(out);
blame(tarballs.flatMap(tarballFaults));
for (const { name, version, bytes, files } of tarballs) {
  tell(`packed ${name} ${version}: ${bytes} bytes, ${files.length} files`);
}

const project = openProject({ sample: "react-native", tarballs, fresh: values.fresh });
const reactNative = installedVersion(project, "react-native");
tell(`installed into an empty project of React Native ${reactNative}`);
const resolutions = checkConsumer(project);
tell(`types resolve by ${resolutions.join(" and ")}`);

const app = bundleApp(project);
tell(
  `Metro ${installedVersion(project, "metro")} bundles the app for production: ${statSync(app).size} bytes`,
);
const sdk = measureSdk(project);
tell(`of which the SDK with every adapter: ${sdk.bytes} bytes, ${sdk.gzip} after gzip`);
const compiler = releaseCompiler(project);
const compiled = compiler === null ? null : { ...versionOf(compiler), bytes: 0 };
if (compiler === null || compiled === null)
  blame(["React Native's Hermes compiler has no build for this machine"]);
else {
  compile(compiler, app, `${app}.hbc`);
  compiled.bytes = statSync(`${app}.hbc`).size;
  tell(
    `its Hermes compiler ${compiled.release} takes it: bytecode ${bytecodeOf(`${app}.hbc`)}, ${compiled.bytes} bytes`,
  );
}

const vectors = await bundleVectors(project);
const runs: Record<string, unknown> = {};
const onNode = runOnNode(vectors.plain);
blame(checkRun(vectors, onNode, "Metro's bundle on Node"));
runs["node"] = { bundle: "as the preset of React Native makes it", engine: process.version };
if (compiler !== null) {
  compile(compiler, vectors.plain, `${vectors.plain}.hbc`);
  tell(`the bundle of vectors, as the preset makes it, agrees on Node and is taken by the same compiler`);
}
const hermes = engine();
if (hermes === null) blame(["hermes-engine-cli has no build for this machine"]);
else {
  const version = versionOf(hermes);
  blame(checkRun(vectors, runOnHermes(hermes, vectors.lowered), `Hermes ${version.release}`));
  const binary = `${vectors.lowered}.hbc`;
  compile(hermes, vectors.lowered, binary);
  blame(checkRun(vectors, runOnHermes(hermes, binary), `Hermes ${version.release}, from bytecode`));
  const same = compiled !== null && compiled.bytecode === version.bytecode;
  if (same) {
    const report = runOnHermes(hermes, `${vectors.plain}.hbc`);
    blame(checkRun(vectors, report, `Hermes ${version.release}, from the release's own bytecode`));
  }
  runs["hermes"] = {
    engine: version.release,
    bundle: "lowered by the same preset's profile for engines without classes and block scopes",
    bytecode: version.bytecode,
    ranReleaseBytecode: same,
  };
  const counts = `${vectors.input.tables.length} tables, ${vectors.input.wire.length} batches, the client's drive`;
  tell(`Hermes ${version.release} runs the lowered bundle and its bytecode ${version.bytecode}: ${counts}`);
  if (!same) {
    tell(
      `bytecode ${compiled?.bytecode} of the release is compiled, not run: npm has no newer engine as a program`,
    );
  }
}

const samples = values["skip-expo"]
  ? []
  : [RECORDER, HARNESS].map((sample) => checkExpo(sample, { tarballs, fresh: values.fresh, tell }));
const [expo = null, harness = null] = samples;
blame(samples.flatMap((sample) => sample.faults));
tell("never run on a phone, an emulator or a simulator");
if (values.json) {
  const sizes = tarballs.map(({ name, version, bytes, unpackedBytes, files }) => ({
    name,
    version,
    bytes,
    unpackedBytes,
    files: files.length,
  }));
  const report = {
    format: 1,
    agrees: faults.length === 0,
    faults,
    tarballs: sizes,
    reactNative,
    resolutions,
    sdk,
    compiled,
    runs,
    expo,
    harness,
    seconds: (performance.now() - began) / 1000,
  };
  console.log(JSON.stringify(report));
}
if (faults.length > 0) process.exitCode = 1;
else tell("everything agrees");
