import { createHash } from "node:crypto";
import { canonicalJson, messageOf, type Clock } from "@tideline/spec";
import {
  commit,
  findFlow,
  listFlowSteps,
  recordFlow,
  recordFlowStep,
  type Catalog,
} from "../catalog/index.ts";
import { crashPoint } from "../crash-point.ts";

/** A step of a flow: run once, recorded when done, and answered from the record ever after. */
export type FlowStep = <Output>(name: string, input: unknown, work: () => Promise<Output>) => Promise<Output>;

/** Which flow runs, and on what. The same name and input are the same flow, also after a kill. */
export interface FlowDefinition {
  readonly name: string;
  readonly input: unknown;
}

/** What the runner of flows needs. */
export interface FlowContext {
  readonly catalog: Catalog;
  readonly clock: Clock;
}

const hash = (value: unknown): string => createHash("sha256").update(canonicalJson(value)).digest("hex");

/** The id of a flow: the content address of its name and input. */
export const flowId = (flow: FlowDefinition): string => hash(flow);

/**
 * Runs a durable sequence. Each step's output (JSON) is committed when it is done; a flow that was cut off by a
 * kill goes on after its last finished step when it is run again with the same input. A step that fails fails the
 * flow, and the next run tries it again.
 */
export async function runFlow<Output>(
  context: FlowContext,
  flow: FlowDefinition,
  body: (step: FlowStep, id: string) => Promise<Output>,
): Promise<Output> {
  const { catalog, clock } = context;
  const id = flowId(flow);
  const began = (await findFlow(catalog, id))?.created_at ?? clock();
  const row = { id, name: flow.name, input: flow.input, created_at: began };
  await commit(catalog, (writer) => recordFlow(writer, { ...row, status: "running", finished_at: null }));
  const known = new Map((await listFlowSteps(catalog, id)).map((step) => [step.name, step]));

  const step: FlowStep = async <Result>(name: string, input: unknown, work: () => Promise<Result>) => {
    const input_hash = hash(input);
    const before = known.get(name);
    if (before?.status === "finished" && before.input_hash === input_hash) return before.output as Result;
    const attempts = (before?.attempts ?? 0) + 1;
    const started = { flow: id, name, attempts, input_hash, started_at: clock() };
    await commit(catalog, (writer) =>
      recordFlowStep(writer, { ...started, status: "running", output: null, finished_at: null, error: null }),
    );
    try {
      const output = await work();
      crashPoint("flow.step.before_commit");
      await commit(catalog, (writer) =>
        recordFlowStep(writer, { ...started, status: "finished", output, finished_at: clock(), error: null }),
      );
      crashPoint("flow.step.after_commit");
      return output;
    } catch (cause) {
      await commit(catalog, (writer) =>
        recordFlowStep(writer, {
          ...started,
          status: "failed",
          output: null,
          finished_at: clock(),
          error: messageOf(cause),
        }),
      );
      throw cause;
    }
  };

  try {
    const output = await body(step, id);
    await commit(catalog, (writer) =>
      recordFlow(writer, { ...row, status: "finished", finished_at: clock() }),
    );
    return output;
  } catch (cause) {
    await commit(catalog, (writer) => recordFlow(writer, { ...row, status: "failed", finished_at: clock() }));
    throw cause;
  }
}
