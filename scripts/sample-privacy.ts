import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `node scripts/sample-privacy.ts`: what `samples/expo/app.json` declares to the App Store, from its definition. */

const ROOT = join(import.meta.dirname, "..");

/** The configuration of the sample. */
export const SAMPLE = join(ROOT, "samples", "expo", "app.json");

type Plugin = string | readonly [name: string, options: { readonly privacyManifest?: object }];

interface Configuration {
  readonly expo: { readonly plugins: readonly Plugin[] };
}

/** What `tideline privacy` writes of the sample's definition. */
export function sampleManifest(): object {
  const out = mkdtempSync(join(tmpdir(), "tideline-sample-"));
  try {
    const command = [join(ROOT, "packages/cli/src/main.ts"), "privacy", "samples/expo/src/definition.ts"];
    execFileSync(process.execPath, [...command, "--out", out], { cwd: ROOT, stdio: "pipe" });
    return JSON.parse(readFileSync(join(out, "privacy-manifest.json"), "utf8")) as object;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The text of an `app.json` with a privacy manifest in the options of our plugin. */
export function withManifest(text: string, privacyManifest: object): string {
  const configuration = JSON.parse(text) as Configuration;
  const plugins = configuration.expo.plugins.map((plugin) =>
    plugin[0] === "@tideline/react-native"
      ? [plugin[0], { ...(plugin[1] as object), privacyManifest }]
      : plugin,
  );
  return `${JSON.stringify({ ...configuration, expo: { ...configuration.expo, plugins } }, null, 2)}\n`;
}

/** What an `app.json` tells our plugin of privacy. */
export function declaredManifest(text: string): object | undefined {
  const { plugins } = (JSON.parse(text) as Configuration).expo;
  const [, options] = plugins.find(([name]) => name === "@tideline/react-native") ?? [];
  return (options as { readonly privacyManifest?: object } | undefined)?.privacyManifest;
}

if (import.meta.main) writeFileSync(SAMPLE, withManifest(readFileSync(SAMPLE, "utf8"), sampleManifest()));
