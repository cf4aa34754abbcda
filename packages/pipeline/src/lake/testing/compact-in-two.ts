/** A process that compacts a log in two ranges; tests kill it at a crash point. */
import { openCatalog } from "../../catalog/catalog.ts";
import { ownFolder } from "../../catalog/owner.ts";
import { compact } from "../compact.ts";
import { crashLog } from "./crash-log.ts";
import { sampleApp, sampleLog } from "./sample-log.ts";

const owner = await ownFolder(process.argv[2]!, { command: "compact" });
const catalog = await openCatalog(owner.layout.root, { epoch: owner.epoch });
for (const until of [crashLog.length / 2, crashLog.length]) {
  await compact({ owner, catalog, app: sampleApp, clock: () => 0, read: sampleLog(crashLog, until) });
}
console.log("finished");
