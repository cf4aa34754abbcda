import type { OnFinished } from "../../catalog/testing/temporary-folder.ts";
import { tableSql, type Engine, type Snapshot } from "../../lake/index.ts";
import { openLake } from "../../lake/testing/open-lake.ts";
import { sampleLog } from "../../lake/testing/sample-log.ts";
import { openIdentity } from "../identity.ts";
import type { PeopleSource } from "../relation.ts";
import { app } from "./pose-app.ts";
import type { PoseLog } from "./pose-log.ts";

/** Collects what is to be done at the end of several tests, newest first. */
export function cleanUpLater(): { readonly onFinished: OnFinished; cleanUp(): Promise<void> } {
  const waiting: (() => void | Promise<void>)[] = [];
  return {
    onFinished: (work) => void waiting.push(work),
    cleanUp: async () => {
      for (const work of waiting.toReversed()) await work();
    },
  };
}

/** A real lake of the pose app: folder, catalog and engine, and snapshots of logs. */
export async function openPoseLake(onFinished: OnFinished, folder?: string) {
  const lake = await openLake(onFinished, folder);
  return {
    ...lake,
    /** The snapshot of a log; of the same log grown longer, the next one. */
    snapshot: async (log: PoseLog): Promise<Snapshot> =>
      (await lake.compact(sampleLog(log.records), app)).snapshot!,
  };
}

/** The tables of a snapshot. */
export const relationOf =
  (snapshot: Snapshot) =>
  (table: string): string =>
    tableSql(snapshot, table);

/** The tables of a snapshot, and who its pseudonyms mean. */
export const peopleOf = async (engine: Engine, snapshot: Snapshot): Promise<PeopleSource> => ({
  relation: relationOf(snapshot),
  identity: await openIdentity(engine, snapshot),
});
