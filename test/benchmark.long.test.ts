import { execFile, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
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
import { createInterface } from "node:readline";
import type { BenchmarkReport, CaseReport } from "@tideline/spec/benchmark";
import { chromium } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { CHROMIUM_ARGS, chromiumPath } from "../scripts/chromium.ts";

const root = join(import.meta.dirname, "..");
const command = join(root, "packages/cli/src/tideline.js");
const model = join(root, "vectors/import/torch-conv1d.onnx");
const folder = mkdtempSync(join(tmpdir(), "tideline-benchmark-test-"));
const executablePath = chromiumPath();
const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("chromium");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly said: string;
}

const tideline = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { maxBuffer: 1 << 26 }, (error, out, said) =>
      resolve({ status: error === null ? 0 : Number(error.code), out, said }),
    );
  });

test.skipIf(executablePath === undefined && !required)(
  "one command measures every file on every runtime of this machine, each in a process of its own, and writes a page",
  async () => {
    const out = join(folder, "own");
    const {
      status,
      out: text,
      said,
    } = await tideline("benchmark", model, "--out", out, "--runs", "20", "--sustain", "1", "--loads", "3");
    expect([
      /^1 of \d+: onnx on onnxruntime-node$/m.test(said),
      status,
      text.includes("did not run"),
      text.includes("WRONG"),
    ]).toEqual([true, 0, false, false]);
    expect(text).toContain("Not run on a phone");
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as BenchmarkReport;
    const on = (runtime: string): readonly CaseReport[] =>
      report.cases.filter((one) => one.runtime === runtime);
    const runtimes = ["onnxruntime-node", "onnxruntime-web", "litert", "predict"];
    for (const name of [...runtimes, ...runtimes.slice(1).map((runtime) => `${runtime} in Chromium`)]) {
      expect([name, on(name).length > 0]).toEqual([name, true]);
      for (const one of on(name)) {
        expect([name, one.artifact, one.state, one.fresh, one.check!.wrong]).toEqual([
          name,
          one.artifact,
          "timed",
          true,
          0,
        ]);
        const { cold, coldMs } = one.times!;
        expect([cold!.processes, cold!.leastMs <= coldMs && coldMs <= cold!.mostMs]).toEqual([3, true]);
        expect(cold!.leastMs).toBeLessThan(cold!.mostMs);
        expect(one.times!.sustained!.rates.every((rate) => rate > 0)).toBe(true);
        // A small model may fit into what the process already holds.
        expect(one.memory!.peak).toBeGreaterThanOrEqual(one.memory!.before);
        expect(one.version).not.toBe("");
        // ONNX Runtime tells its operators, natively and in WebAssembly; the others say why they do not.
        if (name.startsWith("onnxruntime"))
          expect(one.operators!.some(({ op }) => op.includes("Conv"))).toBe(true);
        else expect(one.operatorReason).toBeTruthy();
      }
    }
    // A reader of tables in a process of its own holds less than WebAssembly of megabytes does.
    const grown = (name: string): number =>
      Math.max(...on(name).map(({ memory }) => memory!.peak - memory!.before));
    expect(grown("predict")).toBeLessThan(grown("onnxruntime-web"));
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).toContain("Not run on a phone: no figure here was measured on one");
    expect(page).toContain("Core ML runs on Apple");
  },
);

test.skipIf(executablePath === undefined && !required)(
  "a browser that is handed the address runs the same cases and hands its report in, which is stored; then the command ends",
  async () => {
    const out = join(folder, "served");
    const flags = [
      "--out",
      out,
      "--serve",
      "--no-own",
      "--port",
      "0",
      "--reports",
      "1",
      "--runs",
      "20",
      "--sustain",
      "0",
    ];
    const child = spawn(process.execPath, [
      command,
      "benchmark",
      model,
      "--format",
      "onnx,tflite,table",
      ...flags,
      "--json",
    ]);
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    let printed = "";
    child.stdout.on("data", (part: Buffer) => (printed += part.toString()));
    let address = "";
    for await (const line of createInterface({ input: child.stderr })) {
      address = /browser: (http:\S+)/.exec(line)?.[1] ?? "";
      if (address !== "") break;
    }
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{32}$/);
    const browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_ARGS });
    try {
      const page = await browser.newPage();
      const said: string[] = [];
      page.on("pageerror", (error) => said.push(error.message));
      await page.goto(address.replace(/token=.*/, "token=wrong"));
      await expect.poll(() => page.locator("#state").textContent()).toMatch(/^Failed: .*UNAUTHORISED/);
      await page.goto("about:blank");
      await page.goto(address);
      await expect
        .poll(() => page.locator("#state").textContent(), { timeout: 60_000 })
        .toBe("Done: 3 of 3 cases timed; the report is handed in.");
      expect(said).toEqual([]);
    } finally {
      await browser.close();
    }
    expect(await ended).toBe(0);
    const [file] = readdirSync(join(out, "device")) as [string];
    const report = JSON.parse(readFileSync(join(out, "device", file), "utf8")) as BenchmarkReport;
    expect(report.device.kind).toBe("browser");
    expect(
      report.cases.map(({ artifact, runtime, state, fresh }) => [artifact, runtime, state, fresh]),
    ).toEqual([
      ["onnx", "onnxruntime-web", "timed", true],
      ["tflite", "litert", "timed", false],
      ["table", "predict", "timed", false],
    ]);
    const value = JSON.parse(printed) as {
      readonly phone: string;
      readonly reports: readonly BenchmarkReport[];
    };
    expect(value.phone).toContain("Not run on a phone");
    expect(value.reports).toEqual([report]);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("Browser: ");
  },
);

test.skipIf((executablePath === undefined && !required) || process.platform !== "linux")(
  "a browser ends with the command that started it, though that is killed",
  async () => {
    const flags = ["--format", "table", "--runs", "20", "--sustain", "20"];
    const child = spawn(process.execPath, [command, "benchmark", model, ...flags], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    for await (const line of createInterface({ input: child.stderr }))
      if (line.endsWith("in Chromium")) break;
    const started = (): readonly string[] =>
      readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
    const isThere = (pid: string): boolean => existsSync(`/proc/${pid}/exe`);
    await expect.poll(() => started()[0]).toMatch(/\d/);
    const pids = started();
    expect(pids.every(isThere)).toBe(true);
    child.kill("SIGKILL");
    await expect.poll(() => pids.filter(isThere), { timeout: 20_000 }).toEqual([]);
  },
);

test.skipIf(executablePath === undefined && !required)(
  "a person who stops it, in Node's cases or the browser's, finds nothing left behind",
  async () => {
    const temporary = join(folder, "temporary");
    mkdirSync(temporary);
    // onnxruntime-node leaves files of its own there.
    const left = (): readonly string[] =>
      readdirSync(temporary).filter((name) => name.startsWith("tideline-"));
    const flags = ["--format", "table", "--runs", "20", "--sustain", "20"];
    for (const where of ["on predict", "in Chromium"]) {
      const ran = where === "in Chromium" ? [...flags, "--sustain", "2", "--loads", "1"] : flags;
      const child = spawn(process.execPath, [command, "benchmark", model, ...ran], {
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, TMPDIR: temporary },
      });
      const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve(signal ?? code)));
      for await (const line of createInterface({ input: child.stderr })) if (line.endsWith(where)) break;
      await expect.poll(() => left().length, { timeout: 20_000 }).toBeGreaterThan(1);
      child.kill("SIGINT");
      expect([where, await ended]).toEqual([where, "SIGINT"]);
      expect([where, left()]).toEqual([where, []]);
    }
  },
);

test("files whose answers are not those of their vectors have no times, and the command fails", async () => {
  const out = join(folder, "package");
  const exported = await tideline("export", model, "--format", "onnx,table", "--out", out);
  expect(exported.status).toBe(0);
  const path = join(out, "torch-conv1d.vectors.json");
  const vectors = JSON.parse(readFileSync(path, "utf8")) as { outputs: Record<string, number[]> };
  const [name] = Object.keys(vectors.outputs) as [string];
  vectors.outputs[name]![0]! += 0.1;
  writeFileSync(path, JSON.stringify(vectors));
  const { status, out: text } = await tideline("benchmark", out, "--no-browser", "--sustain", "0", "--json");
  const [first, last] = text.trim().split("\n") as [string, string];
  expect([status, (JSON.parse(last) as { error: { code: string } }).error.code]).toEqual([
    65,
    "CHECK_FAILED",
  ]);
  const { reports } = JSON.parse(first) as { readonly reports: readonly BenchmarkReport[] };
  expect(reports[0]!.cases.map(({ artifact, state, times }) => [artifact, state, times])).toEqual([
    ["onnx", "wrong", null],
    ["onnx", "wrong", null],
    ["table", "wrong", null],
  ]);
  // A file that is another one than the package names is not run at all.
  writeFileSync(join(out, "torch-conv1d.onnx"), "damaged");
  const damaged = await tideline("benchmark", out, "--no-browser");
  expect([damaged.status, damaged.said.includes("[ARTIFACT_CORRUPT]")]).toEqual([65, true]);
  // Nor is one that lies elsewhere, whatever its bytes are.
  rmSync(join(out, "torch-conv1d.onnx"));
  symlinkSync(model, join(out, "torch-conv1d.onnx"));
  const linked = await tideline("benchmark", out, "--no-browser");
  expect([linked.status, linked.said.includes("a link that leads out of it")]).toEqual([65, true]);
});

test("a release is run as phones get it, against the vectors of its own self-test", async () => {
  const loop = join(folder, "loop");
  cpSync(join(root, "vectors/compat/v1/folder"), loop, { recursive: true });
  const flags = ["--folder", loop, "--no-browser", "--sustain", "0", "--runs", "20", "--json"];
  const { status, out } = await tideline("benchmark", "activity/stable@1", ...flags);
  const { reports, model: what } = JSON.parse(out) as {
    readonly model: string;
    readonly reports: readonly BenchmarkReport[];
  };
  expect([status, what]).toEqual([0, "activity/stable@1"]);
  const { release } = JSON.parse(readFileSync(join(root, "vectors/compat/v1/expected.json"), "utf8")) as {
    readonly release: { readonly variants: readonly { readonly sha256: string }[] };
  };
  const run = new Set(reports[0]!.cases.map(({ sha256 }) => sha256));
  expect([...run].toSorted()).toEqual(release.variants.map(({ sha256 }) => sha256).toSorted());
  // Eight synthetic windows.
  for (const one of reports[0]!.cases) expect([one.state, one.check!.rows]).toEqual(["timed", 8]);
});

test.each([
  [["none.onnx"], 66, "DATA_NOT_FOUND"],
  [[model, "--runs", "3"], 64, "ARGUMENT_INVALID"],
  [[model, "--port", "0"], 64, "--serve too"],
  [[model, "--no-own"], 64, "nothing is measured"],
  [[model, "--serve"], 64, "--out"],
  [[join(root, "vectors")], 66, "one device package"],
  [[join(root, "vectors"), "--rows", "x.csv"], 64, "--rows"],
  [[model, "--format", "none"], 64, "ARGUMENT_INVALID"],
])("%j is refused with what to do", async (args, expected, words) => {
  const { status, said } = await tideline("benchmark", ...args);
  expect([status, said.includes(words), said]).toEqual([expected, true, said]);
});
