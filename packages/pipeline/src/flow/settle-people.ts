import { messageOf } from "@tideline/spec";
import { forgetIdentities } from "../dataset/index.ts";
import { latestSnapshot, type Snapshot } from "../lake/index.ts";
import { stageName } from "../lake/stage.ts";
import { erasePerson, hasRequests, settleRequests } from "../subject/index.ts";
import { assertOwner } from "./assert-owner.ts";
import type { LoopContext } from "./loop-context.ts";
import { runFlow } from "./run-flow.ts";

/**
 * Settles what people asked for: while nobody waits it costs one query. Call it where nothing trains and nothing
 * compacts. Answers the newest snapshot where an erasure may have made one, else null.
 */
export async function settlePeople(context: LoopContext): Promise<Snapshot | null> {
  const { catalog, engine, layout, artifacts, keys, app, clock, anonymous } = context;
  if (anonymous === null || !(await hasRequests(catalog))) return null;
  // What the monitor keeps between turns derives from people too.
  await engine.run(`DROP TABLE IF EXISTS ${stageName("recent_window")}`);
  await forgetIdentities(engine);
  const owner = { layout, assertEpoch: () => assertOwner(layout, catalog.epoch) };
  const erasure = {
    owner,
    catalog,
    artifacts,
    keys,
    app: app.name,
    clock,
    anonymous,
    isServed: context.isServed,
  };
  await settleRequests({
    catalog,
    clock,
    erase: async (request) => {
      const flow = { name: "erase", input: { request: request.id } };
      await runFlow(context, flow, (step) => erasePerson(erasure, request, step));
    },
    onFault: ({ id }, error) => void process.stderr.write(`erasure ${id}: ${messageOf(error)}\n`),
  });
  return latestSnapshot(catalog, layout.root);
}
