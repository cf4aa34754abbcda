import { expect, test } from "vitest";
import { refuseOldNode } from "../node-version.js";
import { bytes, localTime, metric, plural } from "./figure.ts";
import { table } from "./table.ts";

test("columns are aligned, numbers to the right, and no line ends in spaces", () => {
  const rows = [
    { name: "a", value: 5, note: "one\ntwo" },
    { name: "longer", value: 1234, note: "" },
  ];
  const text = table(
    rows,
    [
      { name: "name", text: ({ name }) => name },
      { name: "value", text: ({ value }) => String(value), align: "right" },
      { name: "note", text: ({ note }) => note },
    ],
    "none",
  );
  expect(text).toBe("name    value  note\na           5  one two\nlonger   1234");
  expect(table([], [], "none")).toBe("none");
});

test("figures", () => {
  expect([0, 999, 1000, 55_044, 1.5e9].map(bytes)).toEqual(["0 B", "999 B", "1.0 kB", "55.0 kB", "1.5 GB"]);
  expect(localTime(new Date(2026, 0, 2, 3, 4, 5).getTime())).toBe("2026-01-02 03:04:05");
  expect([metric({ f: 0.5 }, "f"), metric({ f: null }, "f"), metric(null, "f")]).toEqual(["0.500", "-", "-"]);
  expect([plural(1, "run"), plural(0, "run"), plural(2, "life", "lives")]).toEqual([
    "1 run",
    "0 runs",
    "2 lives",
  ]);
});

test("an old Node is refused", () => {
  const { exitCode } = process;
  expect(refuseOldNode("24.0.0")).toBe(false);
  expect(process.exitCode).toBe(exitCode);
  expect(refuseOldNode("22.18.0")).toBe(true);
  expect(process.exitCode).toBe(78);
  process.exitCode = exitCode;
});
