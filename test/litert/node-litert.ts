import type { LoadedGraph } from "@tideline/graph";
import { openLitert } from "../../packages/pipeline/src/runtime/litert.ts";

/** What a `.tflite` file is given or gives. */
export interface LitertFeed {
  readonly dims: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** What the runtime said besides what it says of itself, which is a fault of a file. */
export const complaints: string[] = [];

/** Runs a file on some feeds by LiteRT for JavaScript. */
export async function runLitert(
  bytes: Uint8Array,
  feeds: readonly Readonly<Record<string, LitertFeed>>[],
): Promise<readonly Readonly<Record<string, ArrayLike<number>>>[]> {
  const graph: LoadedGraph = await openLitert(bytes, { hear: (line) => complaints.push(line) });
  const wanted = graph.outputs.map(({ name }) => name);
  const answers: Readonly<Record<string, ArrayLike<number>>>[] = [];
  for (const feed of feeds) {
    const results = await graph.run(feed, wanted);
    answers.push(
      Object.fromEntries(
        Object.entries(results).map(([name, { values }]) => [name, values as ArrayLike<number>]),
      ),
    );
  }
  await graph.release();
  return answers;
}
