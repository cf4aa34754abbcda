import type { OnnxModel } from "@tideline/graph";
import { writeLitert, type LitertOptions } from "@tideline/graph/litert";
import { seededRandom } from "@tideline/learn";
import { expect, test } from "vitest";
import { chromiumPath } from "../scripts/chromium.ts";
import { runChromiumLitert } from "./litert/chromium-litert.ts";
import { complaints as nodeComplaints, runLitert, type LitertFeed } from "./litert/node-litert.ts";
import { estimatorGraphs, signalGraph } from "./litert/suite-estimator.ts";
import { imageNet, seriesNet, tokenNet, windowNet } from "./litert/suite-net.ts";
import { transformGraphs } from "./litert/suite-transform.ts";
import { ensembleGraphs, forestGraphs } from "./litert/suite-tree.ts";

const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("chromium");

/** Rows as the file takes them, ids within what the smallest table holds; some numbers missing. */
function feedsOf(report: {
  readonly inputs: readonly { name: string; type: string; dims: readonly number[] }[];
}) {
  const random = seededRandom(4);
  return Array.from({ length: 3 }, (_, row) =>
    Object.fromEntries(
      report.inputs.map(({ name, type, dims }): readonly [string, LitertFeed] => {
        const shape = dims.map((dim) => (dim === -1 ? 1 : dim));
        const length = shape.reduce((product, dim) => product * dim, 1);
        if (type === "INT32") return [name, { dims: shape, values: new Int32Array(length).fill(1) }];
        if (type === "UINT8")
          return [name, { dims: shape, values: Uint8Array.from({ length }, () => random.integer(256)) }];
        const draw = (): number => (row === 2 && random.uniform() < 0.1 ? Number.NaN : random.normal());
        return [name, { dims: shape, values: Float32Array.from({ length }, draw) }];
      }),
    ),
  );
}

/** Rows that tell the ranges of {@link seriesNet}. */
function seriesRows() {
  const random = seededRandom(5);
  return Array.from({ length: 4 }, () => ({
    x: { dims: [1, 33, 6], values: Float32Array.from({ length: 198 }, () => random.normal()) },
  }));
}

test.runIf(required)("a browser is there, since TIDELINE_REQUIRE names chromium", () => {
  expect(chromiumPath()).toBeDefined();
});

test.skipIf(chromiumPath() === undefined)(
  "LiteRT in Chromium gives the bits that it gives in Node, and says nothing of any file",
  async () => {
    const nets = [windowNet(), imageNet(), tokenNet()];
    const models: readonly OnnxModel[] = [
      ...nets,
      signalGraph().model,
      ...(await estimatorGraphs()).map(({ model }) => model),
      ...[...ensembleGraphs(), ...(await forestGraphs()), ...transformGraphs()].map(({ model }) => model),
    ];
    const options: readonly (readonly [OnnxModel, LitertOptions])[] = [
      ...models.map((model) => [model, {}] as const),
      ...nets.flatMap((model) => [
        [model, { precision: "float16" }] as const,
        [model, { precision: "dynamic-int8" }] as const,
      ]),
      [seriesNet(), { precision: "int8", calibration: { rows: seriesRows() } }],
    ];
    const cases = options.flatMap(([model, given]) => {
      const result = writeLitert(model, given);
      if (!result.ok) throw new Error(`${model.graph.name}: ${JSON.stringify(result.reasons)}`);
      // LiteRT for JavaScript carries these alone.
      const ends = [...result.report.inputs, ...result.report.outputs];
      const carried = ends.every(({ type }) => ["FLOAT32", "INT32", "UINT8"].includes(type));
      return carried ? [{ name: model.graph.name, bytes: result.bytes, feeds: feedsOf(result.report) }] : [];
    });
    expect(cases.length).toBeGreaterThan(120);
    const { answers, complaints } = await runChromiumLitert(cases);
    for (const [at, { name, bytes, feeds }] of cases.entries()) {
      const node = (await runLitert(bytes, feeds)).map((run) =>
        Object.fromEntries(
          Object.entries(run).map(([output, values]) => [output, Array.from(values, Number)]),
        ),
      );
      const page = answers[at]!.map((run) =>
        Object.fromEntries(Object.entries(run).map(([output, values]) => [output, values.map(Number)])),
      );
      expect([name, page]).toEqual([name, node]);
    }
    expect([...complaints, ...nodeComplaints]).toEqual([]);
  },
);
