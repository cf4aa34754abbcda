import { event, first, lag, last, max, recency, sum, t, view } from "@tideline/spec";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Frame, FrameSource } from "../../frame/column.ts";
import { frameDifference } from "../../frame/equal-frames.ts";
import { frameSchema } from "../../frame/frame.ts";
import { sliceRows } from "../../frame/slice-rows.ts";
import { answerView } from "../answer-view.ts";
import { spineOf } from "../spine.ts";
import { answerViewSource } from "./answer-view-source.ts";

const reading = event("reading", { value: t.float() }, { purpose: "test", retain: "1d" });
const running = view("running", {
  entity: { name: "person", joinKey: "person" },
  source: reading,
  features: ({ value }) => ({
    last: last(value),
    recent: last(value, { within: "2ms" }),
    first: first(value),
    before: lag(value, 1),
    max: max(value),
    sum: sum(value),
    recency: recency(),
  }),
});
const windowed = view("windowed", {
  entity: { name: "person", joinKey: "person" },
  source: reading,
  features: ({ value }) => ({ last: last(value), max: max(value, { within: "3ms" }) }),
});

/** Pieces that are scribbled over once the next one is asked, where their reader said that they may be. */
function scribbling(pieces: readonly Frame[]): {
  readonly source: FrameSource;
  readonly passed: () => number;
} {
  let passed = 0;
  const source: FrameSource = {
    schema: frameSchema(pieces[0]!),
    async *read(_, { passing = false } = {}) {
      for (const piece of pieces) {
        const own = structuredClone(piece);
        yield own;
        if (!passing) continue;
        passed++;
        for (const column of own.columns) if (column.kind !== "string") column.values.fill(7 as never);
      }
    },
  };
  return { source, passed: () => passed };
}

test("rows that come in pieces, whose memory is used again, answer as rows that are there: whether times rise or are the same", async () => {
  const row = fc.record({
    person: fc.nat(3),
    gap: fc.constantFrom(0, 1, 1, 1, 2),
    value: fc.oneof(fc.integer({ min: -4, max: 4 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 6 }),
      fc.array(fc.record({ person: fc.nat(4), time: fc.nat(70) }), { minLength: 1, maxLength: 20 }),
      async (rows, sizes, asked) => {
        let time = 0;
        const all: Frame = {
          rows: rows.length,
          columns: [
            { kind: "integer", name: "person", values: Int32Array.from(rows, ({ person }) => person) },
            {
              kind: "time",
              name: "time",
              values: Float64Array.from(rows, ({ gap }) => (time += gap) * 1000),
            },
            { kind: "float", name: "value", values: Float64Array.from(rows, ({ value }) => value) },
          ],
        };
        const pieces: Frame[] = [];
        for (let at = 0, turn = 0; at < rows.length; turn++) {
          const end = Math.min(rows.length, at + sizes[turn % sizes.length]!);
          pieces.push(sliceRows(all, at, end));
          at = end;
        }
        const labels: Frame = {
          rows: asked.length,
          columns: [
            { kind: "integer", name: "person", values: Int32Array.from(asked, ({ person }) => person) },
            { kind: "time", name: "at", values: Float64Array.from(asked, (one) => one.time * 1000) },
          ],
        };
        const spine = spineOf(labels, { key: "person", time: "at" });
        for (const definition of [running, windowed]) {
          const { source, passed } = scribbling(pieces);
          const streamed = await answerViewSource(definition, { source, spine });
          expect(frameDifference(streamed, answerView(definition, { source: all, spine }))).toBeUndefined();
          // Windows keep the rows that they reach.
          expect(passed()).toBe(definition === running ? pieces.length : 0);
        }
      },
    ),
    { numRuns: 300 },
  );
});
