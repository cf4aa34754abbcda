import type { AppDefinition } from "@tideline/spec";
import { openCatalog } from "../../catalog/catalog.ts";
import { ownFolder } from "../../catalog/owner.ts";
import type { OnFinished } from "../../catalog/testing/temporary-folder.ts";
import { temporaryFolder } from "../../catalog/testing/temporary-folder.ts";
import type { CompactOptions } from "../compact.ts";
import { compact } from "../compact.ts";
import { openEngine } from "../engine.ts";
import { sampleApp } from "./sample-log.ts";

/** A folder with its owner, catalog and engine, closed and removed when the test ends. */
export async function openLake(onFinished: OnFinished, folder = temporaryFolder(onFinished)) {
  const owner = await ownFolder(folder, { command: "test" });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  const engine = await openEngine({ temporary: owner.layout.temporary });
  const close = async () => {
    await engine.close();
    await catalog.close();
    owner.release();
  };
  onFinished(close);
  const clock = () => 1_700_000_002_000;
  return {
    folder,
    owner,
    catalog,
    engine,
    /** Compacts what the log holds beyond the newest snapshot. */
    compact: (read: CompactOptions["read"], app: AppDefinition = sampleApp, maxBytes?: number) =>
      compact({ owner, catalog, app, clock, read, ...(maxBytes === undefined ? {} : { maxBytes }) }),
  };
}
