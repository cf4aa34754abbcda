import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adam, crossEntropy, dense, trainNet, type NetData } from "@tideline/learn/net";
import { afterAll, describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../runtime/onnxruntime-node.ts";
import { openCheckpointFile } from "./checkpoint-file.ts";

const folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("openCheckpointFile", () => {
  test("keeps the last bytes in one file, and refuses changed ones", async () => {
    const path = join(folder, "runs", "one");
    const file = await openCheckpointFile(path);
    expect(await file.read()).toBeUndefined();
    await file.write(Uint8Array.of(1, 2, 3));
    await file.write(Uint8Array.of(4, 5));
    expect(await file.read()).toEqual(Uint8Array.of(4, 5));
    expect(readdirSync(join(folder, "runs")).filter((name) => !name.startsWith("one.lock"))).toEqual(["one"]);
    const whole = readFileSync(path);
    for (const damaged of [whole.subarray(1), whole.subarray(0, 9), whole.with(0, 9), Buffer.of()]) {
      writeFileSync(path, damaged);
      await expect(file.read()).rejects.toThrow("ARTIFACT_CORRUPT");
    }
    file.release();
    file.release();
    await expect(file.write(Uint8Array.of(1))).rejects.toThrow("FENCED");
  });

  test("is for one run at a time, in this process and in others, until it dies", async () => {
    const path = join(folder, "two");
    const file = await openCheckpointFile(path);
    await expect(openCheckpointFile(path)).rejects.toThrow(/one that this process uses.*FOLDER_OWNED/);
    file.release();
    const script = `
      const { openCheckpointFile } = await import(${JSON.stringify(join(import.meta.dirname, "checkpoint-file.ts"))});
      await openCheckpointFile(${JSON.stringify(path)});
      console.log("held");
      setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(other.stdout, "data");
    await expect(openCheckpointFile(path)).rejects.toThrow("one that another process uses");
    other.kill("SIGKILL");
    await once(other, "exit");
    (await openCheckpointFile(path)).release();
  });

  test("is one file by whichever name", async () => {
    mkdirSync(join(folder, "elsewhere"));
    const [path, link] = [join(folder, "elsewhere", "four"), join(folder, "link")];
    const file = await openCheckpointFile(path);
    await file.write(Uint8Array.of(1));
    symlinkSync(path, link);
    await expect(openCheckpointFile(link)).rejects.toThrow("FOLDER_OWNED");
    file.release();
    const linked = await openCheckpointFile(link);
    await linked.write(Uint8Array.of(2));
    linked.release();
    const again = await openCheckpointFile(path);
    expect(await again.read()).toEqual(Uint8Array.of(2));
    again.release();
  });

  test("is the file that a link leads to, also before there is one", async () => {
    mkdirSync(join(folder, "large"));
    const [path, link] = [join(folder, "large", "five"), join(folder, "five")];
    symlinkSync(join("large", "five"), link);
    const file = await openCheckpointFile(link);
    await expect(openCheckpointFile(path)).rejects.toThrow("FOLDER_OWNED");
    await file.write(Uint8Array.of(5));
    file.release();
    const again = await openCheckpointFile(path);
    expect(await again.read()).toEqual(Uint8Array.of(5));
    again.release();
    symlinkSync("circle", join(folder, "circle"));
    await expect(openCheckpointFile(join(folder, "circle"))).rejects.toThrow("lead in a circle");
  });

  test("removes what a killed run left half written, and nobody else's", async () => {
    mkdirSync(join(folder, "killed"));
    const uuid = "01234567-89ab-cdef-0123-456789abcdef";
    for (const name of [`.six.${uuid}.tmp`, `.six.b.${uuid}.tmp`, ".six.notes.tmp"])
      writeFileSync(join(folder, "killed", name), "half");
    (await openCheckpointFile(join(folder, "killed", "six"))).release();
    const left = readdirSync(join(folder, "killed")).filter((name) => name.endsWith(".tmp"));
    expect(left.toSorted()).toEqual([`.six.b.${uuid}.tmp`, ".six.notes.tmp"]);
  });

  test("refuses a folder, and leaves nothing beside it", async () => {
    const path = join(folder, "runs-of-today");
    mkdirSync(path);
    await expect(openCheckpointFile(path)).rejects.toThrow(
      /path: expected a file, received the folder.*ARGUMENT_INVALID/,
    );
    expect(readdirSync(folder)).not.toContain("runs-of-today.lock");
  });

  test("lets a run go on", async () => {
    const layer = dense({ units: 2 });
    const net = {
      inputs: [{ name: "x", elementType: "float32" as const, dims: [2] }],
      forward: ((scope, { x }) => layer(scope, x!)) as Parameters<typeof trainNet>[0]["forward"],
    };
    const values = Float32Array.from({ length: 40 }, (_, at) => Math.sin(at));
    const target = Int32Array.from({ length: 20 }, (_, row) => row % 2);
    const rows: NetData = {
      rows: 20,
      inputs: { x: { dims: [2], values } },
      target: { dims: [], values: target },
    };
    const run = { runtime: onnxruntimeNode, loss: crossEntropy(), optimiser: adam(), epochs: 4, batch: 8 };
    const whole = await trainNet(net, rows, run);
    const path = join(folder, "three");
    const abort = new AbortController();
    const first = await openCheckpointFile(path);
    const cut = trainNet(net, rows, {
      ...run,
      checkpoint: first,
      signal: abort.signal,
      onStep: ({ step }) => void (step === 5 && abort.abort(new Error("power"))),
    });
    await expect(cut).rejects.toThrow("power");
    first.release();
    const second = await openCheckpointFile(path);
    const resumed = await trainNet(net, rows, { ...run, checkpoint: second });
    second.release();
    expect(resumed.parameters).toEqual(whole.parameters);
  });
});
