import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { frameOf } from "../../frame/frame-of.ts";
import { frameDifference } from "../../frame/equal-frames.ts";
import { readChain } from "../read-chain.ts";

const file = (name: string) =>
  readFileSync(new URL(`../../../../../vectors/compat/v1-transforms/${name}`, import.meta.url));

test("a chain that version 1 stored is still read, answers alike, and is written in the same bytes", () => {
  const bytes = new Uint8Array(file("chain.tltf"));
  const chain = readChain(bytes);
  const { rows, expected } = JSON.parse(file("chain.json").toString()) as Record<
    "rows" | "expected",
    Record<string, (string | number | null)[]>
  >;
  const answer = chain.transform(frameOf(rows));
  expect(frameDifference(answer, frameOf(expected), { tolerance: 1e-12 })).toBeUndefined();
  expect(chain.store()).toEqual(bytes);
});
