import { interpret, type OnnxModel } from "@tideline/graph";
import { litertFeed, writeLitert } from "@tideline/graph/litert";
import { seededRandom, type Random } from "@tideline/learn";
import { describe, expect, test } from "vitest";
import { hasLitertPython, runPythonLitert, type LitertCase } from "./litert/python-litert.ts";
import { estimatorGraphs, signalGraph } from "./litert/suite-estimator.ts";
import { imageNet, tokenNet, windowNet } from "./litert/suite-net.ts";
import { transformGraphs } from "./litert/suite-transform.ts";
import { ensembleGraphs, forestGraphs } from "./litert/suite-tree.ts";

type Rows = LitertCase["feeds"][number];
interface Case {
  readonly name: string;
  readonly model: OnnxModel;
  readonly feeds: readonly Rows[];
}

/** Rows that were made up: usual numbers, some missing where the graph takes missing ones, integers within their limits. */
function rowsOf(
  model: OnnxModel,
  count: number,
  {
    limits = {},
    missing = 0,
    seed = 1,
  }: {
    readonly limits?: Readonly<Record<string, readonly [number, number]>>;
    readonly missing?: number;
    readonly seed?: number;
  },
): Rows {
  const random = seededRandom(seed);
  return Object.fromEntries(
    model.graph.inputs.map(({ name, dims, elementType }) => {
      const shape = dims.map((dim) => (typeof dim === "string" ? count : dim));
      const [low, high] = limits[name] ?? [-1, 3];
      const draw = (): number => {
        if (elementType === "bool") return random.integer(2);
        if (elementType === "uint8") return random.integer(256);
        if (elementType === "float64" && random.uniform() >= missing)
          return isTime(name) ? instant(random) : 180 * random.uniform() - 90;
        if (elementType === "float64") return Number.NaN;
        if (elementType !== "float32") return low + random.integer(high - low + 1);
        return random.uniform() < missing ? Number.NaN : Math.fround(1 + 2 * random.normal());
      };
      return [name, { dims: shape, values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw) }];
    }),
  );
}

/** The suite's columns of times. */
const isTime = (name: string): boolean => ["at", "until"].includes(name);

/** Microseconds of 1938 to 2097: some at midnight, some at a whole second, some between. */
function instant(random: Random): number {
  const seconds = random.integer(2 ** 31) * 2 - 2 ** 30 + random.integer(2);
  const [day, kind] = [86_400, random.integer(3)];
  const at = kind === 0 ? Math.floor(seconds / day) * day : seconds;
  // Pairs compute to 16 microseconds of these years.
  return at * 1e6 + (kind === 2 ? 16 * random.integer(62_500) : 0);
}

/** How far each output is, over the larger of 1 and its scale; and the file's own answers. */
async function differences(cases: readonly Case[]): Promise<{
  readonly far: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, string>>;
  readonly complaints: readonly string[];
}> {
  const refused: Record<string, string> = {};
  const written = cases.flatMap((one) => {
    const result = writeLitert(one.model, { wideIntegers: true });
    if (!result.ok)
      refused[one.name] = result.reasons
        .map(({ op, reason, instead }) => `${op}: ${reason}; ${instead}`)
        .join("\n");
    return result.ok ? [{ ...one, bytes: result.bytes, ends: result.report }] : [];
  });
  const { answers, complaints } = await runPythonLitert(
    written.map(({ bytes, feeds, ends }) => ({
      bytes,
      feeds: feeds.map((feed) =>
        Object.fromEntries(
          Object.entries(litertFeed(ends, feed)).map(([name, { dims, values }]) => [
            name,
            { dims, values: Array.from(values, Number) },
          ]),
        ),
      ),
    })),
  );
  const far = written.map(({ name, model, feeds, ends }, at) => {
    const answer = answers[at]!;
    if ("error" in answer) {
      refused[name] = answer.error;
      return [name, 0] as const;
    }
    const each = feeds.map((feed, run) =>
      Math.max(
        ...model.graph.outputs.map(({ name: output }) => {
          const right = interpret(model, feed)[output]!;
          const half = ends.outputs.find(({ lowOf }) => lowOf === output);
          const lower = half && answer[run]![half.name]!.values;
          const values = answer[run]![output]!.values.map((value, i) => value + (lower?.[i] ?? 0));
          const scale = right.values.reduce(
            (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
            1,
          );
          return right.values.reduce((most, value, i) => {
            if (Object.is(value + 0, values[i]! + 0)) return most;
            const apart = Math.abs(value - values[i]!) / scale;
            return Number.isNaN(apart) ? Infinity : Math.max(most, apart);
          }, 0);
        }),
      ),
    );
    return [name, Math.max(...each)] as const;
  });
  return { far: Object.fromEntries(far), refused, complaints };
}

const above = (
  far: Readonly<Record<string, number>>,
  bound: number,
): readonly (readonly [string, number])[] => Object.entries(far).filter(([, apart]) => !(apart <= bound));

describe.skipIf(!hasLitertPython())("the LiteRT of Python says what the interpreter says", () => {
  test("of nets, one row and several", async () => {
    const fitted = await estimatorGraphs();
    const made = [windowNet(), imageNet(), tokenNet(), signalGraph().model].map((model) => ({
      name: model.graph.name,
      model,
      limits: { ids: [0, 299] as const },
    }));
    const cases = [...fitted, ...made].map(({ name, model, limits }) => {
      const own = limits ?? {};
      return {
        name,
        model,
        feeds: [rowsOf(model, 1, { limits: own }), rowsOf(model, 4, { limits: own, seed: 2 })],
      };
    });
    const { far, refused, complaints } = await differences(cases);
    expect(refused).toEqual({});
    expect(above(far, 1e-5)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("of transforms, with missing numbers", async () => {
    const cases = transformGraphs().map(({ name, model }) => ({
      name,
      model,
      // What the largest of numbers is when one is NaN, kernels leave to the processor.
      feeds: [
        rowsOf(model, 1, {}),
        rowsOf(model, 20, { missing: name.startsWith("signalFeatures") ? 0 : 0.1, seed: 3 }),
      ],
    }));
    const { far, refused, complaints } = await differences(cases);
    expect(refused).toEqual({});
    expect(Object.keys(far).length).toBeGreaterThanOrEqual(77);
    expect(above(far, 1e-5)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("of ensembles of trees, at their thresholds, beside them and missing", async () => {
    const random = ensembleGraphs().map(({ feed, ...rest }) => ({ ...rest, feeds: [feed] }));
    const fitted = (await forestGraphs()).map((one) => ({
      ...one,
      feeds: [rowsOf(one.model, 200, { missing: 0.1 }), rowsOf(one.model, 1, { missing: 1 })],
    }));
    const { far, refused, complaints } = await differences([...random, ...fitted]);
    expect(refused).toEqual({});
    // Decisions are exact; what differs are sums, rounded to float32.
    expect(above(far, 1e-6)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
