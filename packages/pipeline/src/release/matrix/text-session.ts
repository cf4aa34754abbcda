import { valuesOf } from "@tideline/graph";
import type { OpenArtifact } from "./artifact-runtime.ts";
import type { ModelRows, RowInput } from "./model-row.ts";

interface TextTensor {
  readonly data: ArrayLike<number | bigint | string>;
}

/** What both builds of ONNX Runtime share, as far as texts need it; the port of graphs carries numbers only. */
interface TextModule {
  readonly InferenceSession: {
    create(
      bytes: Uint8Array,
      options: object,
    ): Promise<{
      readonly outputMetadata: readonly {
        readonly name: string;
        readonly isTensor: boolean;
        readonly type?: string;
      }[];
      run(feeds: never, outputs: readonly string[]): Promise<Readonly<Record<string, TextTensor>>>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (type: never, values: never, dims: readonly number[]) => object;
}

/** Opens a graph that takes texts as they are. */
export async function openTexts(
  load: () => Promise<unknown>,
  bytes: Uint8Array,
  inputs: readonly RowInput[],
): Promise<OpenArtifact> {
  const { InferenceSession, Tensor } = (await load()) as TextModule;
  const session = await InferenceSession.create(bytes, {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  return Object.freeze({
    outputs: session.outputMetadata.filter(({ type }) => type !== "string").map(({ name }) => name),
    async answer(rows: ModelRows, outputs: readonly string[]) {
      const feeds = inputs.map(({ name, elementType, dims, open }) => {
        const given = Array.from(rows.inputs[name] as ArrayLike<number | string>);
        const values = elementType === "string" ? given : valuesOf(elementType, given as number[]);
        return [name, new Tensor(elementType as never, values as never, open ? [rows.count, ...dims] : dims)];
      });
      const results = await session.run(Object.fromEntries(feeds) as never, outputs);
      return Object.fromEntries(
        outputs.map((name) => [
          name,
          Float64Array.from(results[name]!.data as ArrayLike<number | bigint>, Number),
        ]),
      );
    },
    close: () => session.release(),
  });
}
