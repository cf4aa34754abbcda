import { dirname, resolve } from "node:path";
import { checkFolder } from "@tideline/pipeline/catalog";
import { loadApp, ownWriter, startIngest } from "@tideline/pipeline/ingest";
import { keepFolder } from "../loop/fresh-folder.ts";
import { interrupted } from "../loop/interrupted.ts";
import type { Settings } from "../config/settings.ts";
import { folderSecrets } from "../server/secret.ts";
import { placeOf } from "./folder-place.ts";
import { regionOf } from "./start-region.ts";

/** Options of `tideline ingest`. */
export interface IngestOptions extends Pick<Settings, "folder" | "host" | "port" | "app" | "region"> {
  /** Name of the writer: no two processes of a folder have the same. */
  readonly writer: string;
  readonly json: boolean;
}

/**
 * `tideline ingest`: takes batches of phones into a log of its own in a folder, until it is stopped. Any number of such
 * processes may stand behind a proxy, beside the folder's owner or before there is one; the owner (`tideline serve`)
 * compacts all their logs and drops what came to two of them.
 *
 * @throws `FOLDER_OWNED` where another process has the writer's name, `FOLDER_INVALID`, `RESIDENCY_MISMATCH`,
 * `PORT_IN_USE`, and what ends a
 * server: `DISK_FULL`, `FSYNC_FAILED`
 */
export async function ingestCommand({
  writer,
  json,
  host,
  port,
  app,
  ...options
}: IngestOptions): Promise<void> {
  const region = regionOf("tideline ingest", options.region, await loadApp(app));
  const folder = await placeOf(resolve(options.folder));
  if ((await checkFolder(folder)) === "ours") await keepFolder(dirname(folder));
  const stop = interrupted();
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const owned = await ownWriter(folder, writer, { command: "tideline ingest", region });
  try {
    const secrets = await folderSecrets(folder);
    const ingest = await startIngest({
      folder,
      writer,
      epoch: owned.epoch,
      appModule: app,
      host,
      port,
      writeKeys: [secrets.writeKey],
      pseudonymKey: secrets.pseudonymKey,
      clock: null,
    });
    await owned.announce(ingest.address);
    const place = owned.region === null ? folder : `${folder}, region ${owned.region}`;
    say(`ingest ${ingest.address}, writer ${writer} of ${place}`);
    const fault = await Promise.race([stop.then(() => null), ingest.fatal]);
    await ingest.close();
    if (json)
      process.stdout.write(`${JSON.stringify({ format: 1, writer, folder, counts: ingest.counts() })}\n`);
    if (fault !== null) throw fault;
  } finally {
    owned.release();
  }
}
