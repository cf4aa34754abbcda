import { writeOnnx, type Feed, type OnnxModel } from "@tideline/graph";
import * as ort from "onnxruntime-node";

type Feeds = Readonly<Record<string, Feed>>;
type Answers = Readonly<Record<string, { readonly dims: readonly number[]; readonly values: Float32Array }>>;

/** What onnxruntime answers, on one thread. */
export async function runOnnxruntime(model: OnnxModel, feeds: Feeds): Promise<Answers> {
  const { run, release } = await onnxruntimeSession(model);
  const answers = await run(feeds);
  await release();
  return answers;
}

/** A session for several runs of one graph, on one thread. */
export async function onnxruntimeSession(model: OnnxModel): Promise<{
  readonly run: (feeds: Feeds) => Promise<Answers>;
  readonly release: () => Promise<void>;
}> {
  const session = await ort.InferenceSession.create(writeOnnx(model), { intraOpNumThreads: 1 });
  return { run: (feeds) => answersOf(session, model, feeds), release: () => session.release() };
}

async function answersOf(session: ort.InferenceSession, model: OnnxModel, feeds: Feeds): Promise<Answers> {
  const tensors = model.graph.inputs.map(({ name, elementType }) => {
    const { dims, values } = feeds[name]!;
    const tensor =
      elementType === "int64"
        ? new ort.Tensor("int64", BigInt64Array.from(Array.from(values), BigInt), [...dims])
        : new ort.Tensor("float32", Float32Array.from(values), [...dims]);
    return [name, tensor] as const;
  });
  const results = await session.run(Object.fromEntries(tensors));
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims, data }]) => [name, { dims, values: data as Float32Array }]),
  );
}
