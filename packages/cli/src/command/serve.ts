import { dirname, join, resolve } from "node:path";
import { checkFolder, keptModel, loadApp } from "@tideline/pipeline";
import type { Settings } from "../config/settings.ts";
import { keepFolder } from "../loop/fresh-folder.ts";
import { interrupted } from "../loop/interrupted.ts";
import { placeOf } from "./folder-place.ts";
import { startServer } from "../server/start-server.ts";
import { regionOf } from "./start-region.ts";

/** A folder that an earlier server or an ingest process left, or a new one under the given name. */
async function folderToServe(named: string): Promise<string> {
  const folder = await placeOf(named);
  // What phones send from now on is not for the next start to delete.
  if ((await checkFolder(folder)) === "ours") await keepFolder(dirname(folder));
  return folder;
}

/**
 * `tideline serve`: ingest, loop and console over a folder, on the wall clock, without any phones of its own, until
 * it is stopped. A folder that a killed server left goes on where it was.
 *
 * @throws `FOLDER_OWNED`, `FOLDER_INVALID`, `RESIDENCY_MISMATCH`, `PORT_IN_USE`, and what ends a server: `DISK_FULL`, `FSYNC_FAILED`
 */
export async function serveCommand(settings: Settings): Promise<void> {
  const { host, port, seed } = settings;
  const app = await loadApp(settings.app);
  keptModel(app, settings.app);
  const region = regionOf("tideline serve", settings.region, app);
  const folder = await folderToServe(resolve(settings.folder));
  const stop = interrupted();
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const server = await startServer(
    {
      command: "tideline serve",
      folder,
      region,
      appModule: settings.app,
      appName: app.name,
      host,
      port,
      seed,
      clock: null,
    },
    {
      onRelease: ({ version }) => say(`release ${version} signed and offered`),
      onAlert: ({ detail }) => say(`drift noticed: ${(detail as { reason: string }).reason}`),
      onRejected: (reason) => say(`not released: ${reason}`),
    },
    () => ({ phase: "serve", injectedAt: null, report: null, stages: [] }),
  );
  try {
    say(`console ${server.console.address}  ingest ${server.ingest.address}`);
    if (server.owner.region !== null) say(`region ${server.owner.region}`);
    say(`the write key of phones stands in ${join(folder, "keys", "secret.json")}`);
    await Promise.race([stop, server.failed]);
  } finally {
    await server.close();
  }
}
