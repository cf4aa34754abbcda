import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./process.ts";

const tsc = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");

/** What an app writes; every line is type-checked against the installed packages. */
const SOURCE = `
import { createCapture, createClient, createModels, type Client, type DevicePorts, type ModelRuntime } from "@tideline/device";
import { STORAGE_CHECKS, createMemoryStorage } from "@tideline/device/testing";
import { loadTable } from "@tideline/predict";
import { createReactNativePorts, followAppState, tableRuntime, utf8 } from "@tideline/react-native";
import { event, t, type RootMetadata } from "@tideline/spec";

export const tap = event("tap", { screen: t.string() }, { version: 1, purpose: "analytics", retain: "90d" });
export const runtime: ModelRuntime = tableRuntime;
export const length: number = utf8.encode("a").length + STORAGE_CHECKS.length + loadTable.length;
export const followed: typeof followAppState = followAppState;
export const captured: typeof createCapture = createCapture;
export async function open(root: RootMetadata, parts: Omit<DevicePorts, "storage">): Promise<Client> {
  const ports = await createReactNativePorts({ ...parts, storage: createMemoryStorage() });
  const app = { name: "a", events: { tap }, models: [], windows: [] } as never;
  const models = createModels({ root, channel: "stable", environment: "production" });
  return createClient({ app, ports, collect: "", console: "", writeKey: "", user: null, models });
}
// @ts-expect-error a client needs ports: types that fall back to any would let this pass
export const none: Promise<Client> = createClient({ root: 1 });
`;

/** Ways by which TypeScript finds packages, and what each wants besides. */
const RESOLUTIONS = {
  bundler: { module: "esnext", moduleResolution: "bundler" },
  node16: { module: "node16", moduleResolution: "node16" },
} as const;

/**
 * Type-checks an app that uses the installed packages, without `skipLibCheck` and without types of Node or a browser.
 *
 * @returns the resolutions that passed; throws with the compiler's output otherwise.
 */
export function checkConsumer(project: string): readonly string[] {
  const folder = join(project, "consumer");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "app.ts"), SOURCE);
  for (const [name, resolution] of Object.entries(RESOLUTIONS)) {
    const compilerOptions = {
      ...resolution,
      target: "es2022",
      lib: ["es2024"],
      types: [],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
    };
    const file = join(folder, `tsconfig.${name}.json`);
    writeFileSync(file, JSON.stringify({ compilerOptions, files: ["app.ts"] }));
    run(process.execPath, [tsc, "-p", file], { cwd: folder });
  }
  rmSync(folder, { recursive: true });
  return Object.keys(RESOLUTIONS);
}
