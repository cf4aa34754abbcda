import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseMetadata } from "@tideline/spec";
import { expect, test } from "vitest";
import { candidatesOf } from "./candidate.ts";
import type { ModelRuntime } from "./ports.ts";

interface Case {
  readonly name: string;
  readonly version: number;
  readonly runtimes: readonly ModelRuntime[];
  readonly variants: ReleaseMetadata["variants"];
  readonly keys: readonly string[];
}

const file = join(import.meta.dirname, "../../../vectors/release/candidate.json");
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly Case[] };

test.each(cases)("$name", ({ version, runtimes, variants, keys }) => {
  const release = { version, variants } as ReleaseMetadata;
  expect(candidatesOf(release, runtimes).map(({ key }) => key)).toEqual(keys);
});
