import { afterEach, expect, test, vi } from "vitest";
import type { Column } from "../../frame/column.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { seededRandom } from "../../random.ts";
import type { StateValue } from "../transform-def.ts";
import { ROOM } from "./lane-kernel.ts";

type Chains = typeof import("../../learn-transform-column.ts");

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** Chains that have kernels, and chains of a place without WebAssembly. */
async function both(): Promise<readonly [Chains, Chains]> {
  const fast = await import("../../learn-transform-column.ts");
  expect((await import("./lane-kernel.ts")).laneKernel()).not.toBeNull();
  vi.resetModules();
  vi.stubGlobal("WebAssembly", undefined);
  const slow = await import("../../learn-transform-column.ts");
  expect((await import("./lane-kernel.ts")).laneKernel()).toBeNull();
  return [fast, slow];
}

const shared = (values: Float64Array): Float64Array<ArrayBufferLike> => {
  const out = new Float64Array(new SharedArrayBuffer(values.byteLength));
  out.set(values);
  return out;
};

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("latin1");

/** Bytes of all that a fit learnt and made. */
function outcome({ chain, simpleImputer, standardScaler, minMaxScaler }: Chains, columns: readonly Column[]) {
  const names = columns.map(({ name }) => name);
  const steps = [
    simpleImputer({ columns: names }),
    standardScaler({ columns: names }),
    minMaxScaler({ columns: ["near"] }),
  ];
  const { chain: fitted, rows } = chain(steps).fitTransform({ rows: numbersOf(columns[0]!).length, columns });
  return {
    states: fitted.steps.map((step) =>
      "state" in step
        ? Object.values(step.state as Readonly<Record<string, StateValue>>).map((one) =>
            ArrayBuffer.isView(one) ? bytesOf(one) : one,
          )
        : [],
    ),
    columns: rows.columns.map((column) => bytesOf(numbersOf(column))),
  };
}

test("what kernels learn and make is what TypeScript does, to the bit", async () => {
  const [fast, slow] = await both();
  const random = seededRandom(7);
  for (const rows of [1, 2, 3, 1023, 1025, ROOM - 1, ROOM, ROOM + 1029])
    for (const gap of [0, 0.05, 0.9]) {
      const draw = (of: (share: number) => number): Float64Array =>
        Float64Array.from({ length: rows }, (_, row) =>
          row > 0 && random.uniform() < gap ? Number.NaN : of(random.uniform()),
        );
      const columns: readonly Column[] = [
        { kind: "float", name: "far", values: draw((share) => 1e9 + share * 1e-3) },
        { kind: "float", name: "near", values: shared(draw((share) => 7 * share - 3)) },
        { kind: "float", name: "narrow", values: Float32Array.from(draw((share) => share)) },
        { kind: "float", name: "zero", values: draw((share) => (share < 0.5 ? -0 : 0)) },
      ];
      expect(outcome(fast, columns)).toEqual(outcome(slow, columns));
    }
});

test("an infinity behind the first block is refused by both", async () => {
  const values = new Float64Array(ROOM + 7).fill(1);
  values[ROOM + 2] = Number.POSITIVE_INFINITY;
  for (const { chain, standardScaler } of await both())
    expect(() =>
      chain([standardScaler({ columns: ["x"] })]).fit({
        rows: values.length,
        columns: [{ kind: "float", name: "x", values }],
      }),
    ).toThrow(/column "x": expected finite numbers whose squares are finite/u);
});
