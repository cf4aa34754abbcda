import type { LoadedModel, ModelRuntime } from "../ports.ts";
import { expectFailure, expectSame, expectThat, type PortCheck } from "./check.ts";

/** A runtime with a model that it must be able to run. */
export interface RuntimeFactory {
  readonly runtime: ModelRuntime;
  readonly model: Uint8Array;
  readonly names: { readonly input: string; readonly output: string };
  readonly dims: readonly [1, number, number];
  /** Inputs with the outputs that the model gives them; at least two that differ. */
  readonly cases: readonly { readonly input: readonly number[]; readonly output: readonly number[] }[];
  readonly tolerance: number;
}

const who = "runtime";

const loaded = async (factory: RuntimeFactory, use: (model: LoadedModel) => Promise<void>): Promise<void> => {
  const model = await factory.runtime.load(factory.model, factory.names);
  try {
    await use(model);
  } finally {
    await model.release();
  }
};

const agrees = (
  factory: RuntimeFactory,
  what: string,
  answer: Float32Array,
  expected: readonly number[],
): void => {
  expectSame(who, `length of ${what}`, answer.length, expected.length);
  const worst = Math.max(...expected.map((value, index) => Math.abs(value - answer[index]!)));
  expectThat(worst <= factory.tolerance, who, what, `a difference of ${worst}`);
};

/** What {@link ModelRuntime} promises. */
export const RUNTIME_CHECKS: readonly PortCheck<RuntimeFactory>[] = [
  {
    name: "says what it is",
    run: async ({ runtime }) => {
      const { name, tier, version, level } = runtime;
      expectThat(["onnx", "table", "litert", "coreml"].includes(name), who, "name", name);
      expectThat(["accelerator", "cpu", "portable"].includes(tier), who, "tier", tier);
      expectThat(/^[\w.+-]{1,64}$/.test(version), who, "version", version);
      expectThat(Number.isSafeInteger(level) && level >= 1, who, "level", level);
    },
  },
  {
    name: "answers as the model does, the same each time",
    run: (factory) =>
      loaded(factory, async (model) => {
        for (let round = 0; round < 3; round += 1) {
          for (const [index, { input, output }] of factory.cases.entries()) {
            const answer = await model.run(Float32Array.from(input), factory.dims);
            agrees(factory, `case ${index}, round ${round}`, answer, output);
          }
        }
      }),
  },
  {
    name: "leaves its input as it was, and an answer is the caller's own",
    run: (factory) =>
      loaded(factory, async (model) => {
        const [first, second] = factory.cases;
        const input = Float32Array.from(first!.input);
        const answer = await model.run(input, factory.dims);
        expectSame(who, "input", [...input], [...Float32Array.from(first!.input)]);
        input.fill(0);
        await model.run(Float32Array.from(second!.input), factory.dims);
        agrees(factory, "an answer after the next run", answer, first!.output);
      }),
  },
  {
    name: "two models in memory do not meet, and one released leaves the other",
    run: (factory) =>
      loaded(factory, async (model) => {
        const [first] = factory.cases;
        await loaded(factory, async (other) => {
          agrees(
            factory,
            "the other",
            await other.run(Float32Array.from(first!.input), factory.dims),
            first!.output,
          );
        });
        agrees(
          factory,
          "the first",
          await model.run(Float32Array.from(first!.input), factory.dims),
          first!.output,
        );
      }),
  },
  {
    name: "rejects what is no model, half a model and names that the model does not have, without ending the process",
    run: async ({ runtime, model, names, dims, cases }) => {
      await expectFailure(who, "no bytes", () => runtime.load(new Uint8Array(0), names));
      await expectFailure(who, "other bytes", () => runtime.load(new Uint8Array(64).fill(0x2a), names));
      await expectFailure(who, "half a model", () => runtime.load(model.slice(0, model.length >> 1), names));
      await expectFailure(who, "another name", async () => {
        const loadedModel = await runtime.load(model, { ...names, output: "no-such-output" });
        await loadedModel.run(Float32Array.from(cases[0]!.input), dims);
      });
    },
  },
];
