import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { sampleModel } from "./testing/sample-model.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-telemetry-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const model = join(folder, "sample.onnx");
writeFileSync(model, sampleModel());

/** The library's reports keep a session and a log among the temporary files as soon as it is loaded. */
function leftBy(name: string, file: string, runtime: string): readonly string[] {
  const temporary = mkdtempSync(join(folder, name));
  const script = join(folder, `${name}.ts`);
  const from = JSON.stringify(join(import.meta.dirname, file));
  writeFileSync(
    script,
    `import { readFileSync } from "node:fs";
     import * as from from ${from};
     const graph = await from.${runtime}.load(readFileSync(${JSON.stringify(model)}));
     await graph.run({ window: { dims: [1, 128, 9], values: new Float32Array(1152) } }, ["probabilities"]);
     await graph.release();`,
  );
  // Either variable of the tests' own environment would turn it off.
  const { CI: _ci, ORT_DISABLE_TELEMETRY: _setting, ...env } = process.env;
  execFileSync(process.execPath, [script], { env: { ...env, TMPDIR: temporary, HOME: temporary } });
  return readdirSync(temporary);
}

test("ONNX Runtime reports nothing to its maker", () => {
  expect(leftBy("direct", "onnxruntime-node.ts", "onnxruntimeNode")).toEqual([]);
  expect(leftBy("worker", "runtime-worker.ts", 'workerRuntime("onnxruntime-node")')).toEqual([]);
});
