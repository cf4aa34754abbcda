import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { run } from "./process.ts";

const root = join(import.meta.dirname, "../..");
const places = { linux: "linux64-bin", darwin: "osx-bin", win32: "win64-bin" } as Readonly<
  Record<string, string>
>;
const suffix = process.platform === "win32" ? ".exe" : "";

/** Folder of programs for this machine, in packages of Hermes; undefined where they have none. */
const place: string | undefined = process.arch === "x64" ? places[process.platform] : undefined;

const found = (path: string): string | null => (existsSync(path) ? path : null);

/** The compiler that a project's release of React Native brings, or null where it has none for this machine. */
export const releaseCompiler = (project: string): string | null =>
  found(join(project, "node_modules/hermes-compiler/hermesc", place ?? "none", `hermesc${suffix}`));

/** The newest engine that npm has as a program (`hermes-engine-cli`), or null where it has none for this machine. */
export const engine = (): string | null =>
  found(join(root, "node_modules/hermes-engine-cli", place ?? "none", `hermes${suffix}`));

/** What a program of Hermes says of itself. */
export function versionOf(program: string): { readonly release: string; readonly bytecode: number } {
  const text = run(program, ["--version"], { cwd: root });
  return {
    release: /release version: (\S+)/.exec(text)?.[1] ?? "unknown",
    bytecode: Number(/bytecode version: (\d+)/.exec(text)?.[1] ?? Number.NaN),
  };
}

/** Version of the bytecode in a file: the 32 bits after the magic of 8 bytes. */
export function bytecodeOf(file: string): number {
  const bytes = Buffer.alloc(12);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, bytes, 0, 12, 0);
  } finally {
    closeSync(descriptor);
  }
  return bytes.readUInt32LE(8);
}

/** Compiles a bundle as a release build does. */
export function compile(compiler: string, bundle: string, out: string): void {
  run(compiler, ["-emit-binary", "-O", "-w", `-out=${out}`, bundle], { cwd: root });
}
