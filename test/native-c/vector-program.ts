import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { buildPrograms, runProgram, type ProgramEnd, type Program } from "./build.ts";

/** Folder of the golden files. */
export const vectors = new URL("../../vectors", import.meta.url).pathname;

/** A golden file's JSON. */
export function readVector<T>(path: string): T {
  return JSON.parse(readFileSync(join(vectors, path), "utf8")) as T;
}

/** Bytes of numbers as little-endian float32. */
export function floats(values: readonly (number | string)[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeFloatLE(Number(value), index * 4));
  return bytes;
}

/** The core's programs and a folder for what they read and write. */
export interface VectorBench {
  readonly folder: string;
  /** Writes a file of the folder; its path. */
  temporary(name: string, bytes: string | Uint8Array): Promise<string>;
  /** Runs the vector program, which must end well and say nothing of sanitizers; its lines. */
  vector(...args: readonly string[]): Promise<readonly string[]>;
  run(program: Program, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ProgramEnd>;
  close(): Promise<void>;
}

/** Builds the programs where they are not yet there, and makes a folder. */
export async function openBench(): Promise<VectorBench> {
  const programs = await buildPrograms();
  const folder = await mkdtemp(join(tmpdir(), "tideline-native-c-"));
  return {
    folder,
    temporary: async (name, bytes) => {
      const path = join(folder, name);
      await writeFile(path, bytes);
      return path;
    },
    vector: async (...args) => {
      const end = await runProgram(programs, "vector", args);
      expect(end).toMatchObject({ status: 0, errors: "" });
      return end.lines;
    },
    run: (program, args, env) => runProgram(programs, program, args, env),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
