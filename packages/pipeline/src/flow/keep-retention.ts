import { isTidelineError, messageOf } from "@tideline/spec";
import { forgetIdentities } from "../dataset/index.ts";
import { latestSnapshot, type Snapshot } from "../lake/index.ts";
import { stageName } from "../lake/stage.ts";
import { lookEvery, retainRows } from "../retention/index.ts";
import { assertOwner } from "./assert-owner.ts";
import type { LoopContext } from "./loop-context.ts";
import { runFlow } from "./run-flow.ts";

/** Milliseconds after which it is tried again where it could not be done. */
const AGAIN = 60_000;

/**
 * Keeps what events promise of retention: at the first call, and whenever a look is due again, everything that is past
 * its time goes, as a flow `retain` of the catalog. Call it where nothing trains and nothing compacts. Answers the newest
 * snapshot where there is a new one, else null. What fails is said on standard error and tried again.
 *
 * @throws `FENCED`
 */
export function createRetention(context: LoopContext): () => Promise<Snapshot | null> {
  const { app, catalog, clock, engine, isServed, layout } = context;
  const every = lookEvery(app);
  const owner = { layout, assertEpoch: () => assertOwner(layout, catalog.epoch) };
  let next = Number.NEGATIVE_INFINITY;
  let isUncertain = false;
  return async () => {
    const now = clock();
    if (now < next) return null;
    const at = Math.floor(now / every) * every;
    try {
      // What the monitor keeps between turns derives from rows too.
      await engine.run(`DROP TABLE IF EXISTS ${stageName("recent_window")}`);
      await forgetIdentities(engine);
      const { lake } = await runFlow(context, { name: "retain", input: { at } }, (step) =>
        retainRows({ owner, catalog, engine, app, clock, isServed }, at, step),
      );
      // It asked who was who before.
      await forgetIdentities(engine);
      next = at + every;
      // A try that failed may have made a snapshot, and left nothing to do.
      const isNew = lake.deleted > 0 || isUncertain;
      isUncertain = false;
      return isNew ? await latestSnapshot(catalog, layout.root) : null;
    } catch (error) {
      if (isTidelineError(error, "FENCED")) throw error;
      process.stderr.write(`retention: ${messageOf(error)}\n`);
      isUncertain = true;
      next = now + AGAIN;
      return null;
    }
  };
}
