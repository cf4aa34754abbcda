import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphBuilder, writeOnnx } from "@tideline/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataFolder } from "../nets/example-option.ts";

const script = join(import.meta.dirname, "../../scripts/audit-trees.py");
const required = process.env["TIDELINE_REQUIRE"]?.split(",") ?? [];
const runs = (program: string) => spawnSync("python3", ["-c", program]).status === 0;
const python = runs("import numpy");
const data = dataFolder("uci-har");
const missing =
  (!existsSync(data) && !required.includes("data")) || (!python && !required.includes("python"));
const runtime = python && (runs("import onnxruntime") || runs("import onnx"));

/** The test part: labels and people, row by row. */
function testRows() {
  const [head, ...lines] = readFileSync(join(data, "meta_test.csv"), "utf8")
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));
  const names = (JSON.parse(readFileSync(join(data, "layout.json"), "utf8")) as Layout).labels;
  const at = (name: string) => head!.indexOf(name);
  return lines.map((line) => ({ person: line[at("subject")]!, label: names[line[at("label")]!]! }));
}
interface Layout {
  readonly labels: Readonly<Record<string, string>>;
}

describe.skipIf(missing)("scripts/audit-trees.py", () => {
  let folder = "";
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "audit-trees-"))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const rows = missing ? [] : testRows();
  const classes = [...new Set(rows.map(({ label }) => label))].toSorted();
  /** What a model that always says the same would write; a few rows otherwise. */
  const lines = (own: (label: string, row: number) => readonly number[] | undefined, first = 0.5) => [
    `row,person,label,${classes.join()}`,
    ...rows.map(({ person, label }, row) => {
      const usual = classes.map((_, at) => (at === 0 ? first : (1 - first) / (classes.length - 1)));
      return `${row},${person},${label},${(own(label, row) ?? usual).join()}`;
    }),
  ];
  const honest = lines(() => undefined);
  const right = (label: string) => classes.map((name) => Number(name === label));
  const write = (seed: number, own: readonly string[]) =>
    writeFileSync(join(folder, `uci-har-seed-${seed}.csv`), `${own.join("\n")}\n`);
  const audit = (...options: readonly string[]) =>
    spawnSync("python3", [script, folder, "--data", join(data, ".."), "--only", "uci-har", ...options], {
      encoding: "utf8",
    });

  test("counts for itself, and refuses one run for several", () => {
    write(1, honest);
    write(
      2,
      lines(() => undefined, 0.6),
    );
    const share = rows.filter(({ label }) => label === classes[0]).length / rows.length;
    const { stdout, stderr, status } = audit("--seeds", "2", "--no-graph");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ accuracies: [share, share], rows: rows.length });
    write(2, [honest[0]!, ...honest.slice(1).toReversed()]);
    expect(audit("--seeds", "2", "--no-graph")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("uci-har-seed-2.csv: the same as of uci-har-seed-1"),
    });
  });

  test.each([
    ["nothing in them", [], "other columns than row, person, label"],
    ["no rows", honest.slice(0, 1), "no rows"],
    ["a text for a number", honest.toSpliced(3, 1, honest[3]!.replace(/[^,]*$/, "high")), "cannot be read"],
    ["a row cut off", honest.toSpliced(3, 1, honest[3]!.replace(/,[^,]*$/, "")), "cannot be read"],
    [
      "a row before the first",
      honest.toSpliced(1, 1, honest[1]!.replace(/^0/, "-1")),
      "a row that there is not",
    ],
    [
      "a row behind the last",
      honest.toSpliced(1, 1, honest[1]!.replace(/^0/, "99999")),
      "a row that there is not",
    ],
    [
      "another person",
      honest.toSpliced(1, 1, honest[1]!.replace(/^0,\w+/, "0,1")),
      "a person not of the row",
    ],
  ])("refuses predictions with %s, by name", (_, forged, says) => {
    write(1, forged);
    rmSync(join(folder, "uci-har-seed-2.csv"), { force: true });
    const { stdout, stderr, status } = audit("--seeds", "1", "--no-graph");
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(stderr).toContain(`uci-har-seed-1.csv: ${says}`);
    expect(stderr).not.toContain("Traceback");
  });

  test.skipIf(!runtime && !required.includes("python"))("believes the graph, not the predictions", () => {
    const graph = graphBuilder("same");
    const window = graph.input("window", "float32", ["N", 128, 9]);
    const flat = graph.op("Reshape", [window, graph.constant(BigInt64Array.of(-1n, 1152n))]);
    const none = graph.op("MatMul", [flat, graph.constant(new Float32Array(1152 * 6), [1152, 6])]);
    const always = graph.constant(Float32Array.of(0.5, 0.1, 0.1, 0.1, 0.1, 0.1));
    graph.output("probabilities", graph.op("Add", [none, always]));
    writeFileSync(join(folder, "uci-har-seed-1.onnx"), writeOnnx(graph.build()));
    writeFileSync(join(folder, "uci-har-seed-1.features.json"), "[]");
    write(1, honest);
    const sound = audit("--seeds", "1");
    expect(sound).toMatchObject({ status: 0, stderr: "" });
    const { accuracies, ofGraph } = JSON.parse(sound.stdout) as Record<string, unknown>;
    expect(ofGraph).toEqual(accuracies);
    // Less than a hundredth of the rows, as many as may take another path, but not so far.
    const few = Math.floor(rows.length / 101);
    write(
      1,
      lines((label, row) => (row < few ? right(label) : undefined)),
    );
    expect(audit("--seeds", "1")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("uci-har-seed-1.csv: the graph gives other probabilities"),
    });
    writeFileSync(join(folder, "uci-har-seed-1.onnx"), "no graph");
    expect(audit("--seeds", "1")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("uci-har-seed-1.onnx: cannot be read"),
    });
  });
});
