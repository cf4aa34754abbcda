import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataFolder } from "./example-option.ts";

const script = join(import.meta.dirname, "../../scripts/audit-nets.py");
const required = process.env["TIDELINE_REQUIRE"]?.split(",") ?? [];
const python = spawnSync("python3", ["-c", "import numpy"]).status === 0;
const data = dataFolder("optdigits");
const missing =
  (!existsSync(data) && !required.includes("data")) || (!python && !required.includes("python"));

/** Predictions of the digits' test part that are all right, as an example would write them. */
function flawless(): string[] {
  const text = gunzipSync(readFileSync(join(data, "optdigits.tes.gz"))).toString();
  const digits = text
    .trim()
    .split("\n")
    .map((line) => Number(line.split(",")[64]));
  const shares = (digit: number) => Array.from({ length: 10 }, (_, at) => Number(at === digit)).join();
  return [
    "row,person,label,0,1,2,3,4,5,6,7,8,9",
    ...digits.map((digit, row) => `${row},,${digit},${shares(digit)}`),
  ];
}

describe.skipIf(missing)("scripts/audit-nets.py", () => {
  let folder = "";
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "audit-nets-"))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const lines = missing ? [] : flawless();
  const write = (name: string, own: readonly string[]) =>
    writeFileSync(join(folder, `optdigits-conv2d-${name}.csv`), `${own.join("\n")}\n`);
  const audit = () =>
    spawnSync(
      "python3",
      [
        script,
        folder,
        "--data",
        join(data, ".."),
        "--only",
        "optdigits-conv2d",
        "--seeds",
        "2",
        "--no-graph",
      ],
      { encoding: "utf8" },
    );

  test("counts for itself", () => {
    write("seed-1", lines);
    write("seed-2", lines.toSpliced(1, 1, lines[1]!.replace(/,0,.*/, ",0,0,1,0,0,0,0,0,0,0,0")));
    const { stdout, stderr, status } = audit();
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ accuracies: [1, 1796 / 1797], rows: 1797 });
  });

  test.each([
    ["a row left out", lines.toSpliced(7, 1), "not every test row"],
    ["a row twice", [...lines, lines[7]!], "a row twice"],
    [
      "another label",
      lines.toSpliced(1, 1, lines[1]!.replace("0,,0,", "0,,1,")),
      "a label not of the data set",
    ],
    ["no number", lines.toSpliced(1, 1, lines[1]!.replace(/[^,]*$/, "nan")), "probabilities that are none"],
    [
      "shares above 1",
      lines.toSpliced(1, 1, lines[1]!.replace(/[^,]*$/, "1")),
      "probabilities that are none",
    ],
    ["classes renamed", lines.toSpliced(0, 1, lines[0]!.replace("9", "8")), "classes not of the data set"],
  ])("refuses predictions with %s", (_, forged, says) => {
    write("seed-1", lines);
    write("seed-2", forged);
    expect(audit()).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining(`seed-2.csv: ${says}`),
    });
  });

  test("refuses a seed that was left out, and one that nobody asked for", () => {
    rmSync(join(folder, "optdigits-conv2d-seed-2.csv"));
    expect(audit()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no predictions optdigits-conv2d-seed-2.csv"),
    });
    write("seed-2", lines);
    write("seed-9", lines);
    expect(audit()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("not among seed-1 to seed-2: optdigits-conv2d-seed-9"),
    });
  });
});
