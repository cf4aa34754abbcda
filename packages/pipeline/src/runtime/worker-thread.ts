import { parentPort, workerData } from "node:worker_threads";
import type { GraphRuntime, LoadedGraph, RuntimeTensor } from "@tideline/graph";
import { litertRuntime } from "./litert.ts";
import { onnxruntimeNode } from "./onnxruntime-node.ts";
import { onnxruntimeWeb } from "./onnxruntime-web.ts";
import { portableError } from "../portable-error.ts";
import {
  type WorkerCall,
  type WorkerReply,
  type WorkerRequest,
  type WorkerResult,
  type WorkerRuntimeName,
} from "./worker-message.ts";

const RUNTIMES = {
  litert: litertRuntime,
  "onnxruntime-node": onnxruntimeNode,
  "onnxruntime-web": onnxruntimeWeb,
} satisfies Record<WorkerRuntimeName, GraphRuntime>;

const runtime = RUNTIMES[workerData as WorkerRuntimeName];
const graphs = new Map<number, LoadedGraph>();

/** A result, with the memory that is given away with it rather than copied. */
interface Answer {
  readonly result: WorkerResult[WorkerCall["kind"]];
  readonly given: readonly ArrayBuffer[];
}

/** The memory of tensors that hold the whole of theirs, each once. */
function memoryOf(tensors: Readonly<Record<string, RuntimeTensor>>): readonly ArrayBuffer[] {
  const whole = Object.values(tensors).filter(({ values }) => values.byteLength === values.buffer.byteLength);
  return [...new Set(whole.map(({ values }) => values.buffer as ArrayBuffer))];
}

async function answer(call: WorkerCall): Promise<Answer> {
  if (call.kind === "load") {
    const graph = await runtime.load(call.bytes, call.options);
    graphs.set(call.graph, graph);
    return { result: { inputs: graph.inputs, outputs: graph.outputs }, given: [] };
  }
  const graph = graphs.get(call.graph)!;
  if (call.kind === "run") {
    const result = await graph.run(call.inputs, call.outputs);
    return { result, given: memoryOf(result) };
  }
  graphs.delete(call.graph);
  await graph.release();
  return { result: null, given: [] };
}

/** One call at a time, in the order in which they came. */
let last: Promise<void> = Promise.resolve();
parentPort!.on("message", ({ id, call }: WorkerRequest) => {
  last = last.then(async () => {
    let reply: WorkerReply;
    let given: readonly ArrayBuffer[] = [];
    try {
      const answered = await answer(call);
      given = answered.given;
      reply = { id, ok: true, result: answered.result };
    } catch (caught) {
      reply = { id, ok: false, error: portableError("runtime worker", caught) };
    }
    parentPort!.postMessage(reply, given);
  });
});
