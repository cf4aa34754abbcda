import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const folder = { linux: "linux64-bin", darwin: "osx-bin", win32: "win64-bin" }[process.platform as "linux"];
const binary = join(
  import.meta.dirname,
  "../../node_modules/hermes-engine-cli",
  folder ?? "none",
  process.platform === "win32" ? "hermes.exe" : "hermes",
);

/** Hermes 0.12 from npm, where it runs; undefined elsewhere. */
export const hermes: string | undefined =
  folder !== undefined && process.arch === "x64" && existsSync(binary) ? binary : undefined;

/** An entry as one script without anything newer than what Hermes 0.12 parses, with its input as a global. */
export async function lowered(entry: string, input: unknown): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    platform: "neutral",
    target: "es2015",
    supported: { "async-await": false },
    banner: { js: `var INPUT = ${JSON.stringify(input)};` },
  });
  return outputFiles[0]!.text;
}

/** What a script prints on Hermes, compiled with optimisation as apps are. */
export function runOnHermes(script: string): string {
  const temporary = mkdtempSync(join(tmpdir(), "tideline-hermes-"));
  try {
    const file = join(temporary, "script.js");
    writeFileSync(file, script);
    return execFileSync(hermes!, ["-O", "-w", file], { encoding: "utf8", maxBuffer: 1 << 28 });
  } finally {
    rmSync(temporary, { recursive: true });
  }
}
