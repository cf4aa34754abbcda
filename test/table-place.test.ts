import { graphBuilder, interpret, type OnnxModel } from "@tideline/graph";
import { writeLitert } from "@tideline/graph/litert";
import { expect, test } from "vitest";
import { farFrom, programOf } from "./coreml/compare-program.ts";
import { complaints, runLitert } from "./litert/node-litert.ts";

/** Two columns of places, each into a table of its own; bounded below, or counted from the end where they are negative. */
function tables(least?: number): OnnxModel {
  const g = graphBuilder("tables");
  const ids = g.input("ids", "int64", ["N", 2]);
  const places = least === undefined ? ids : g.op("Max", [ids, g.scalar(least, "int64")]);
  const found = g.ops("Split", [places, g.ints([1, 1])], { axis: 1 }).map((column, at) => {
    const table = Float32Array.from({ length: (5 + at) * 3 }, (_, place) => Math.cos(place + at));
    return g.op("Gather", [g.constant(table, [5 + at, 3]), column], { axis: 0 });
  });
  g.output("y", g.op("Concat", found, { axis: 2 }));
  return g.build();
}

test.each([
  ["bounded by zero", tables(0), false],
  ["bounded by less", tables(-2), true],
  ["not bounded", tables(), true],
] as const)(
  "places %s are those of the graph, and counted from the end only where they may be",
  async (_, model, counted) => {
    const rows = [0, 4, -1, 3, 2, -5, -4, 0].map((id, at, all) => [id, all.at(-1 - at)!]);
    const feed = { ids: { dims: [rows.length, 2], values: rows.flat() } };
    const wanted = Array.from(interpret(model, feed)["y"]!.values, Math.fround);
    const lite = writeLitert(model);
    if (!lite.ok) throw new Error(JSON.stringify(lite.reasons));
    const names = lite.report.operators.map(({ op }) => op);
    expect(names.includes("LESS")).toBe(counted);
    const lone = rows.map((row) => ({ ids: { dims: [1, 2], values: Int32Array.from(row) } }));
    const answers = await runLitert(lite.bytes, lone);
    expect(answers.flatMap(({ y }) => Array.from(y!))).toEqual(wanted);
    expect(complaints).toEqual([]);

    const program = programOf(model);
    const written = program.files.map(({ bytes }) => Buffer.from(bytes).toString("latin1")).join("");
    expect(written.includes("\x04less")).toBe(counted);
    expect(farFrom(model, program, [feed])).toBe(0);
  },
);
