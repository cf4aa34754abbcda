import { graphBuilder, writeOnnx } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import type { Column } from "../../frame/column.ts";
import { frameOf } from "../../frame/frame-of.ts";
import { sourceOf } from "../../frame/frame-source.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { chain } from "../chain.ts";
import { one } from "../graph-math.ts";
import { GRAPH_TRANSFORM, graphTransform } from "../graph-transform.ts";
import { numberColumns } from "../number-graph.ts";
import { readTransform, storeTransform } from "../store-transform.ts";
import { transformChecks } from "../testing/transform-check.ts";
import { fitTransform } from "../transform.ts";
import { customTransform, type CustomTransformParts } from "./custom-transform.ts";

interface Factor {
  readonly factor?: number;
}

/** Each number times a factor, in every place. */
const PARTS = {
  kind: "timesFactor",
  place: "graph",
  accepts: ["float"],
  forms: { factor: { expected: "a number", fits: Number.isFinite } },
  defaults: { factor: 2 },
  outputs: (inputs) => inputs.map(({ name }) => ({ name, kind: "float" as const })),
  apply: (columns, _rows, { factor }) =>
    columns.map((column): Column => {
      const values = Float64Array.from(numbersOf(column), (value) => value * factor!);
      return { kind: "float", name: column.name, values };
    }),
  lower: (g, columns, { factor }) =>
    numberColumns("timesFactor", columns).map(({ name, value }) => ({
      kind: "number" as const,
      name,
      width: 1,
      value: g.op("Mul", [value, one(g, factor!)]),
    })),
  vectors: [
    { rows: { x: [1, null, -3] }, gives: { x: [2, null, -6] } },
    { name: "by a half", options: { factor: 0.5 }, rows: { x: [1], y: [2] }, gives: { y: [1] } },
  ],
} as const satisfies CustomTransformParts<Factor>;

const timesFactor = customTransform<Factor>(PARTS);

describe("a function of one's own, with its form in a graph", () => {
  for (const { name, run } of transformChecks(timesFactor.def as never, {
    options: { factor: 3, columns: ["plain", "skewed"] },
    runtimes: [onnxruntimeNode],
  }))
    test(name, run);
});

const previous = customTransform({
  kind: "previousValue",
  place: "relational",
  accepts: ["float"],
  outputs: (inputs) => inputs.map(({ name }) => ({ name, kind: "float" as const })),
  apply: (columns) =>
    columns.map((column): Column => {
      const values = Float64Array.from(numbersOf(column));
      values.copyWithin(1, 0);
      values.fill(Number.NaN, 0, 1);
      return { kind: "float", name: column.name, values };
    }),
  vectors: [{ rows: { x: [1, 2, 3] }, gives: { x: [null, 1, 2] } }],
});

describe("one that reads other rows", () => {
  for (const { name, run } of transformChecks(previous.def as never)) test(name, run);

  test("takes no pieces, and says why no graph has it", () => {
    const fitted = chain([previous()]).fit(frameOf({ x: [1, 2] }));
    expect(() => fitted.transformSource(sourceOf(frameOf({ x: [1] })))).toThrow("previousValue");
    expect(fitted.unsupported).toEqual([
      "previousValue: it reads other rows, so it runs where rows lie, before a graph",
    ]);
  });
});

test("a stored one is restored by its definition alone", () => {
  const rows = frameOf({ x: [1, 2] });
  const bytes = storeTransform(fitTransform(timesFactor({ factor: 4 }), rows));
  const again = readTransform(bytes, { transforms: { timesFactor: timesFactor.def as never } });
  expect([...numbersOf(again.transform(rows).columns[0]!)]).toEqual([4, 8]);
  expect(() => readTransform(bytes)).toThrow("timesFactor");
});

describe("a vector that is not met", () => {
  const wrong = (change: Partial<CustomTransformParts<Factor>>) => () =>
    customTransform<Factor>({ ...PARTS, ...change } as CustomTransformParts<Factor>);

  test("says which, where, what was wanted and what came", () => {
    const vectors = [PARTS.vectors[0], { name: "later", rows: { x: [1, 2] }, gives: { x: [2, 5] } }];
    expect(wrong({ vectors })).toThrow(
      'timesFactor: vector 1 (later), column "x", row 1: expected 5, received 4. Mend the transform, or the vector.',
    );
    expect(wrong({ vectors: [{ rows: { x: [1] }, gives: { x: [null] } }] })).toThrow(
      "expected a missing value, received 2",
    );
    expect(wrong({ vectors: [{ rows: { x: [1] }, gives: { y: [2] } }] })).toThrow('expected a column "y"');
    expect(wrong({ vectors: [{ rows: { x: [1] }, gives: { x: ["2"] } }] })).toThrow("a string column");
    expect(wrong({ vectors: [{ rows: { x: [1] }, gives: { x: [2, 2] } }] })).toThrow("expected 2 rows");
    expect(wrong({ vectors: [{ rows: { x: ["é\u{1F600}"] }, gives: { x: [2] } }] })).toThrow("vector 0");
    expect(wrong({ vectors: [{ rows: { x: [1] }, gives: {} }] })).toThrow("columns that it gives");
    expect(wrong({ vectors: [] })).toThrow("at least once");
    expect(wrong({ vectors: [null] } as never)).toThrow("vector 0: expected { rows, gives }");
    const loose = { ...PARTS.vectors[0], tolerance: Infinity };
    expect(wrong({ vectors: [loose] })).toThrow("a share from 0 to below 1");
  });

  test("in the graph alone is found, too", () => {
    const lower = (() => PARTS.lower) as () => typeof PARTS.lower;
    expect(
      wrong({
        lower: (g, columns, options) => lower()(g, columns, { factor: options.factor! * (1 + 1e-4) }),
      } as Partial<CustomTransformParts<Factor>>),
    ).toThrow(
      /vector 0 in a graph by the reference kernels, column "x", number 0: expected 2, received 2\.0002/u,
    );
  });

  test("and so is a function that changes what it is given", () => {
    const apply = (columns: readonly Column[]): readonly Column[] => {
      const [column] = columns;
      if (column?.kind === "float") for (const at of column.values.keys()) column.values[at]! *= 2;
      return columns;
    };
    expect(wrong({ apply })).toThrow('column "x" that it reads, row 0: expected 1, unchanged, received 2');
  });

  test("and a graph without its column, or with none at all", () => {
    // The column that it reads is still there.
    expect(wrong({ lower: () => [] } as never)).toThrow("number 0: expected 2, received 1");
    const away = {
      outputs: () => [{ name: "y", kind: "float" }],
      apply: () => [{ kind: "float", name: "y", values: Float64Array.of(1) }],
      vectors: [{ rows: { x: [1] }, gives: { y: [1] } }],
      lower: () => [],
    };
    expect(wrong(away as never)).toThrow('vector 0 in a graph: expected a column "y", received none');
    const lower = () => {
      throw new Error("no such operator");
    };
    expect(wrong({ lower } as never)).toThrow("in a graph: expected columns, received no such operator");
  });

  test("and so are columns other than it said, a name that is taken, a place without its form", () => {
    expect(wrong({ apply: () => [] })).toThrow("as its outputs say");
    expect(wrong({ apply: (columns) => [...PARTS.apply(columns, 0, { factor: 2 }), columns[0]!] })).toThrow(
      "1 columns",
    );
    expect(
      wrong({
        apply: () => {
          throw new Error("no such thing");
        },
      }),
    ).toThrow("no such thing");
    expect(wrong({ kind: "standardScaler" })).toThrow("that no transform has yet");
    expect(wrong({ place: "framer" } as never)).toThrow("it runs in the framer");
    expect(wrong({ place: "phone" } as never)).toThrow("relational, framer, graph");
    expect(() => timesFactor({ factor: "two" } as never)).toThrow("factor");
  });
});

describe("vectors of an ONNX subgraph", () => {
  const g = graphBuilder("energy");
  const x = g.input("x", "float32", ["N", 2]);
  g.output("energy", g.op("ReduceL2", [x, g.ints([1])], { keepdims: 1 }));
  const ends = { model: writeOnnx(g.build()), inputs: { x: "acc" }, outputs: { energy: "size" } };
  const vectors = [
    {
      rows: {
        acc: [
          [3, 4],
          [0, 0],
        ],
      },
      gives: { size: [5, 0] },
    },
  ];

  test("are held against it, and stored with it", () => {
    const rows = frameOf({ acc: [[6, 8]] });
    const fitted = fitTransform(graphTransform({ ...ends, vectors }), rows);
    const again = readTransform(storeTransform(fitted));
    expect([...numbersOf(again.transform(rows).columns[0]!)]).toEqual([10]);
    expect(again.options["vectors"]).toEqual(vectors);
    const wrong = [{ rows: { acc: [[3, 4]] }, gives: { size: [6] } }];
    expect(() => graphTransform({ ...ends, vectors: wrong })).toThrow(
      'graphTransform: vector 0, column "size", row 0: expected 6, received 5',
    );
    expect(() => graphTransform({ ...ends, vectors: [{ rows: { acc: "x" } }] as never })).toThrow("vectors");
  });

  for (const { name, run } of transformChecks(GRAPH_TRANSFORM, {
    options: { ...ends, vectors, columns: ["acc"] },
    rows: frameOf({
      acc: [
        [1, 2],
        [3, 4],
        [0.5, 0.25],
      ],
    }),
    runtimes: [onnxruntimeNode],
  }))
    test(name, run);
});
