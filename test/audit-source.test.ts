import { globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { createFramer, event as declareEvent, t, windows as declareWindows } from "@tideline/spec";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Frame } from "../scripts/audit/frame.ts";
import { windowsOf } from "../scripts/audit/framing.ts";

const root = join(import.meta.dirname, "..");

test("windows of the auditor are those of the framer", () => {
  const channels = ["acc_x", "acc_y", "acc_z", "gyro_x"];
  const fields = { session: t.id(), start: t.int(), samples: t.frame({ channels, units: [], rate: 50 }) };
  const event = declareEvent("motion", fields, { purpose: "p", retain: "1d" });
  const window = declareWindows("w", event, {
    field: "samples",
    session: "session",
    start: "start",
    size: 8,
    hop: 4,
    gravity: { channels: ["acc_x", "acc_z"], cutoff: 0.3 },
  });
  const pieces = fc.array(
    fc.record({
      gap: fc.integer({ min: -3, max: 3 }),
      values: fc.array(fc.float({ noNaN: true, min: -4, max: 4 }), { minLength: 1, maxLength: 15 }),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const frames: Frame[] = [];
      const framer = createFramer(window);
      const expected: { start: number; values: Float32Array }[] = [];
      let next = 0;
      for (const { gap, values } of parts) {
        const start = Math.max(frames.at(-1)?.start ?? 0, next + gap);
        const lists = channels.map((_, channel) =>
          Float32Array.from(values, (value) => value * (channel + 1)),
        );
        const samples = values.length;
        const name = { install: "i", epoch: 1, seq: 1, subject: "s", session: "a", eventTime: 0, time: 0 };
        frames.push({ ...name, start, samples, channels: lists });
        const interleaved = Float32Array.from(
          { length: samples * 4 },
          (_, at) => lists[at % 4]![Math.floor(at / 4)]!,
        );
        expected.push(...framer.push(start, interleaved));
        next = Math.max(next, start + samples);
      }
      expect(windowsOf(frames, window).map(({ start, values }) => ({ start, values }))).toEqual(expected);
    }),
  );
});

test("the auditor imports nothing of Tideline", () => {
  const files = ["scripts/audit.ts", ...globSync("scripts/audit/*.ts", { cwd: root })];
  expect(files.length).toBeGreaterThan(15);
  const allowed = new Set(["@duckdb/node-api", "onnxruntime-node", "onnxruntime-web"]);
  const named = files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return [...text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*["']([^"']+)["']/g)].map(
      (match) => match[1]!,
    );
  });
  const foreign = named.filter(
    (name) =>
      !allowed.has(name) &&
      !(name.startsWith("node:") && builtinModules.includes(name.slice(5))) &&
      !/^\.\/(audit\/)?[a-z-]+\.ts$/.test(name),
  );
  expect(foreign).toEqual([]);
  expect(named.length).toBeGreaterThan(40);
});
