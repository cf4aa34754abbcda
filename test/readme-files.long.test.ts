import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphBuilder, writeOnnx } from "@tideline/graph";
import { frameOf } from "@tideline/learn/frame";
import { writeParquet } from "@tideline/pipeline/frame";
import { afterAll, expect, test } from "vitest";
import { runCli } from "./cli/run-cli.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-readme-files-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The command lines of a chapter of the README, without their comments. */
function commandsOf(chapter: string): readonly (readonly string[])[] {
  const text = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const [, part] = text.split(`\n## ${chapter}\n`);
  return [...part!.split("\n## ")[0]!.matchAll(/^npm run --silent tideline -- ([^#\n]+)/gmu)].map(
    ([, line]) => line!.trim().split(/\s+/u),
  );
}

/** A net of two layers over eight columns of wide range, and rows that it has an opinion of. */
async function standIns(): Promise<void> {
  const number = (at: number): number => ((at * 37) % 101) / 50 - 1;
  const g = graphBuilder("gym");
  const layer = (x: ReturnType<typeof g.input>, from: number, to: number, at: number) =>
    g.op("Gemm", [
      x,
      g.constant(
        Float32Array.from({ length: from * to }, (_, place) => number(at + place * place)),
        [from, to],
      ),
    ]);
  const hidden = g.op("Relu", [layer(g.input("x", "float32", ["N", 8]), 8, 64, 3)]);
  g.output("probabilities", g.op("Softmax", [layer(hidden, 64, 3, 11)]));
  writeFileSync(join(work, "model.onnx"), writeOnnx(g.build()));
  for (const [at, name] of ["seen", "held-out"].entries()) {
    const rows = 300;
    const columns = Object.fromEntries(
      Array.from({ length: 8 }, (_, column) => [
        `x_${column}`,
        Float64Array.from({ length: rows }, (_one, row) => 4 + 4 * number(row * (column + 2) + at * 7)),
      ]),
    );
    const activity = Float64Array.from({ length: rows }, (_, row) => row % 3);
    // The rows that calibrate have no label: agreement with the model judges.
    const frame = frameOf(name === "seen" ? columns : { ...columns, activity });
    await writeParquet(join(work, `${name}.parquet`), frame);
  }
  mkdirSync(join(work, "app"));
}

test("what the README says of files for phones runs as it stands there, one command after the other", async () => {
  await standIns();
  const commands = commandsOf("Files for phones");
  expect(commands.map(([name]) => name)).toEqual(["import", "compress", "export", "export", "preflight"]);
  for (const command of commands) {
    const { status, stderr } = await runCli(command, work);
    // Of all kinds some may answer otherwise than the model: the others are written.
    if (command.includes("all") && status !== 0) expect(stderr).toMatch(/and the rest is written/u);
    else expect(status, `${command.join(" ")}: ${stderr}`).toBe(0);
  }
  const written = readdirSync(join(work, "app/model"));
  for (const file of ["small.json", "small.onnx", "small.mlpackage"]) expect(written).toContain(file);
  const bytes = (name: string): number => readFileSync(join(work, name)).length;
  expect(bytes("small.onnx")).toBeLessThan(0.7 * bytes("gym.onnx"));
  expect(readdirSync(join(work, "Sources")).some((name) => name.endsWith(".swift"))).toBe(true);
}, 120_000);
