import { parentPort, workerData } from "node:worker_threads";
import type { GraphRuntime, LoadedGraph } from "./graph-runtime.ts";
import { onnxruntimeNode } from "./onnxruntime-node.ts";
import { onnxruntimeWeb } from "./onnxruntime-web.ts";
import {
  sendError,
  type WorkerCall,
  type WorkerReply,
  type WorkerRequest,
  type WorkerResult,
  type WorkerRuntimeName,
} from "./worker-message.ts";

const RUNTIMES = {
  "onnxruntime-node": onnxruntimeNode,
  "onnxruntime-web": onnxruntimeWeb,
} satisfies Record<WorkerRuntimeName, GraphRuntime>;

const runtime = RUNTIMES[workerData as WorkerRuntimeName];
const graphs = new Map<number, LoadedGraph>();

async function answer(call: WorkerCall): Promise<WorkerResult[WorkerCall["kind"]]> {
  if (call.kind === "load") {
    const graph = await runtime.load(call.bytes, call.options);
    graphs.set(call.graph, graph);
    return { inputs: graph.inputs, outputs: graph.outputs };
  }
  const graph = graphs.get(call.graph)!;
  if (call.kind === "run") return graph.run(call.inputs, call.outputs);
  graphs.delete(call.graph);
  await graph.release();
  return null;
}

/** The memory of a run's outputs, which is given away rather than copied. */
function buffersOf(reply: WorkerReply): ArrayBuffer[] {
  if (!reply.ok || reply.result === null) return [];
  return Object.values(reply.result).flatMap((value: { values?: Float32Array<ArrayBuffer> }) =>
    value.values === undefined ? [] : [value.values.buffer],
  );
}

/** One call at a time, in the order in which they came. */
let last: Promise<void> = Promise.resolve();
parentPort!.on("message", ({ id, call }: WorkerRequest) => {
  last = last.then(async () => {
    let reply: WorkerReply;
    try {
      reply = { id, ok: true, result: await answer(call) };
    } catch (caught) {
      reply = { id, ok: false, error: sendError(caught) };
    }
    parentPort!.postMessage(reply, buffersOf(reply));
  });
});
