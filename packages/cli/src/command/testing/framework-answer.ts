import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ElementType, TensorValues } from "@tideline/graph";
import { onnxruntimeNode } from "@tideline/pipeline";
import { expect } from "vitest";
import { importCommand } from "../import.ts";

/** The path of a file that `scripts/vectors-import.py` wrote. */
export const importVector = (name: string): string =>
  fileURLToPath(new URL(`../../../../../vectors/import/${name}`, import.meta.url));

interface Said {
  readonly dims: readonly number[];
  readonly type: ElementType;
  readonly values: readonly number[];
}

/** What the framework itself answered to some inputs. */
interface FrameworkAnswer {
  readonly output: string;
  readonly answer: Said;
  readonly inputs: Readonly<Record<string, Said>>;
}

const typed = ({ type, values }: Said): TensorValues =>
  type === "int64"
    ? BigInt64Array.from(values, BigInt)
    : type === "int32"
      ? Int32Array.from(values)
      : Float32Array.from(values);

/** Imports a model, wants the kinds of files that it reaches, and that ONNX Runtime answers what the framework did. */
export async function expectFrameworkAnswer(
  name: string,
  length: readonly string[],
  kinds: readonly string[],
): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "tideline-framework-"));
  try {
    const out = join(work, `${name}.onnx`);
    const { value, fault } = await importCommand(importVector(`${name}.onnx`), { out, length });
    expect(fault).toBeUndefined();
    const { targets } = value as {
      readonly targets: readonly { readonly kind: string; readonly reached: boolean }[];
    };
    expect(targets.filter(({ reached }) => reached).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([...kinds]),
    );
    const said = JSON.parse(readFileSync(importVector(`${name}.json`), "utf8")) as FrameworkAnswer;
    const graph = await onnxruntimeNode.load(readFileSync(out));
    try {
      const feeds = Object.fromEntries(
        Object.entries(said.inputs).map(([input, one]) => [input, { dims: one.dims, values: typed(one) }]),
      );
      const { dims, values } = (await graph.run(feeds, [said.output]))[said.output]!;
      expect(dims).toEqual(said.answer.dims);
      const size = Math.max(...said.answer.values.map(Math.abs));
      for (const [at, known] of said.answer.values.entries())
        expect(Math.abs(Number(values[at]) - known)).toBeLessThan(2e-6 * Math.max(1, size));
    } finally {
      await graph.release();
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
