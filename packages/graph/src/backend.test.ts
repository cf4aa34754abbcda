import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { runBackendSuite } from "./op/testing/backend-suite.ts";

const python = spawnSync("python3", ["-c", "import onnx"]).status === 0;
const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("python") ?? false;

// All of them take half a minute and run at night (scripts/nightly/backend.ts); here one part of eight.
test.skipIf(!python && !required)(
  "ONNX's published cases come out as published (needs the package onnx)",
  () => {
    const { passed, failed, stale } = runBackendSuite({ part: 3, parts: 8 });
    expect(failed).toEqual([]);
    expect(stale).toEqual([]);
    expect(passed.length).toBeGreaterThan(50);
  },
);
