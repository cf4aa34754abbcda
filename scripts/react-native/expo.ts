import { globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Tarball } from "../pack.ts";
import { bytecodeOf } from "./hermes.ts";
import { installedVersion } from "./metro.ts";
import { run } from "./process.ts";
import { openProject } from "./project.ts";

/** A sample of Expo under `samples/`, and what of it is checked besides that it builds. */
export interface ExpoSample {
  readonly folder: string;
  /** A file that is type-checked with the sample. */
  readonly adapters?: string;
  /** Changes the project before its native projects are made. */
  readonly prepare?: (project: string) => void;
  /** Texts that must stand in files of the native projects. */
  readonly generated: readonly (readonly [file: string, text: string])[];
}

/** Options of {@link checkExpo}. */
export interface ExpoOptions {
  readonly tarballs: readonly Tarball[];
  readonly fresh: boolean;
  readonly tell: (line: string) => void;
}

/** What the sample of Expo came to; plain JSON. */
export interface ExpoReport {
  readonly expo: string;
  readonly reactNative: string;
  /** Bytecode of each platform's bundle. */
  readonly bundles: Readonly<Record<string, { readonly bytecode: number; readonly bytes: number }>>;
  readonly faults: readonly string[];
}

/** Adapters that the sample itself does not use, held against the types of Expo's module. */
const ADAPTERS = `
import { createExpoPorts, openFileStorage } from "@tideline/react-native";
import * as Crypto from "expo-crypto";
import * as SecureStore from "expo-secure-store";
import * as FileSystem from "expo/node_modules/expo-file-system";
export const storage = openFileStorage(FileSystem);
export const ports = createExpoPorts({ scope: "a", fileSystem: FileSystem, crypto: Crypto, secureStore: SecureStore });
// @ts-expect-error another module is no file system
export const none = openFileStorage(Crypto);
`;

/** What the config plugin must have written where. */
const GENERATED: ExpoSample["generated"] = [
  [
    "android/app/src/main/AndroidManifest.xml",
    'android:dataExtractionRules="@xml/tideline_data_extraction_rules"',
  ],
  ["android/app/src/main/AndroidManifest.xml", 'android:fullBackupContent="@xml/tideline_backup_rules"'],
  ["android/app/src/main/res/xml/tideline_data_extraction_rules.xml", 'path="tideline/"'],
  ["android/app/src/main/res/xml/tideline_backup_rules.xml", 'path="SecureStore"'],
  ["android/build.gradle", "onnxruntime-android:1.24.3"],
  ["ios/Podfile", "pod 'onnxruntime-c', '1.24.3'"],
  ["ios/*/AppDelegate.swift", "isExcludedFromBackup = true"],
  ["ios/*/PrivacyInfo.xcprivacy", "NSPrivacyCollectedDataTypeFitness"],
  ["ios/*/PrivacyInfo.xcprivacy", "NSPrivacyCollectedDataTypeUserID"],
];

function generatedFaults(project: string, generated: ExpoSample["generated"]): string[] {
  return generated.flatMap(([pattern, text]) => {
    const [file] = globSync(pattern, { cwd: project });
    const found = file !== undefined && readFileSync(join(project, file), "utf8").includes(text);
    return found ? [] : [`prebuild: ${pattern} lacks ${text}`];
  });
}

/** Turns on what the sample leaves off: pinning a native library. */
function allowRuntime(project: string): void {
  const file = join(project, "app.json");
  const configuration = JSON.parse(readFileSync(file, "utf8")) as { expo: { plugins: unknown[] } };
  const plugins = configuration.expo.plugins.map((plugin) =>
    Array.isArray(plugin) && plugin[0] === "@tideline/react-native"
      ? [plugin[0], { ...(plugin[1] as object), onnxruntime: true }]
      : plugin,
  );
  writeFileSync(file, JSON.stringify({ expo: { ...configuration.expo, plugins } }));
}

/** The app that records and predicts. */
export const RECORDER: ExpoSample = {
  folder: "expo",
  adapters: ADAPTERS,
  prepare: allowRuntime,
  generated: GENERATED,
};

/** The harness of the benchmark, whose native runtimes only a phone can run. */
export const HARNESS: ExpoSample = {
  folder: "benchmark",
  generated: [
    ["android/build.gradle", "onnxruntime-android:1.24.3"],
    ["android/app/src/main/AndroidManifest.xml", 'android:scheme="tideline-benchmark"'],
    ["android/app/src/main/AndroidManifest.xml", 'android:usesCleartextTraffic="true"'],
    ["ios/Podfile", "pod 'onnxruntime-c', '1.24.3'"],
    ["ios/*/Info.plist", "NSAllowsLocalNetworking"],
  ],
};

/** Type-checks, bundles and generates the native projects of a sample over the packed SDK. */
export function checkExpo(sample: ExpoSample, { tarballs, fresh, tell }: ExpoOptions): ExpoReport {
  const project = openProject({ sample: sample.folder, tarballs, fresh });
  const version = installedVersion(project, "expo");
  tell(`installed into samples/${sample.folder}, of Expo ${version}`);
  const command = join(project, "node_modules/expo/bin/cli");
  const env = { CI: "1", EXPO_OFFLINE: "1", EXPO_NO_TELEMETRY: "1", NODE_ENV: "production" };
  const expo = (...options: string[]): string =>
    run(process.execPath, [command, ...options], { cwd: project, env });

  writeFileSync(join(project, "src/adapter-types.ts"), sample.adapters ?? "export {};");
  run(process.execPath, [join(project, "node_modules/typescript/bin/tsc"), "--noEmit"], { cwd: project });
  rmSync(join(project, "src/adapter-types.ts"));
  tell("the sample and the adapters fit the types of its modules");

  expo("export", "--platform", "android", "--platform", "ios", "--output-dir", "build");
  const bundles: Record<string, { bytecode: number; bytes: number }> = {};
  for (const file of globSync("build/_expo/static/js/*/*.hbc", { cwd: project })) {
    const path = join(project, file);
    bundles[file.split("/").at(-2)!] = { bytecode: bytecodeOf(path), bytes: statSync(path).size };
  }
  const faults = ["android", "ios"].flatMap((platform) =>
    bundles[platform] === undefined ? [`expo export made no bytecode for ${platform}`] : [],
  );
  tell(
    `expo export: ${Object.entries(bundles)
      .map(([name, { bytes }]) => `${name} ${bytes} bytes`)
      .join(", ")}`,
  );

  sample.prepare?.(project);
  expo("prebuild", "--no-install", "--clean");
  faults.push(...generatedFaults(project, sample.generated));
  tell(`expo prebuild: ${sample.generated.length} things that plugins write stand in the native projects`);
  return { expo: version, reactNative: installedVersion(project, "react-native"), bundles, faults };
}
