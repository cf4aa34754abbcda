import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import {
  compact,
  openCatalog,
  ownFolder,
  ownWriter,
  readLogs,
  startIngest,
  writerEnds,
  type Snapshot,
} from "@tideline/pipeline";
import { describeLogs, describeSnapshot } from "./compat/describe.ts";
import { ACCEPTED } from "./wire/accepted.ts";
import { app } from "./wire/app.ts";
import { FRAMES } from "./wire/frames.ts";
import { QUARANTINED } from "./wire/quarantined.ts";
import { NOW, type WireVector } from "./wire/vector.ts";

/**
 * Makes the compatibility vectors of a folder with two writers, of gaps and rates of frames, and of aliases:
 * `node scripts/vectors-writers.ts vectors/compat/v1-writers`. It refuses a folder that holds some already.
 */

const WRITE_KEY = "wire-write-key";

const named = (...names: string[]): readonly WireVector[] =>
  names.map((name) => [...ACCEPTED, ...FRAMES, ...QUARANTINED].find((vector) => vector.name === name)!);

/** What each writer gets; the frames come to both, as when a phone tries again. */
const SENT: Readonly<Record<string, readonly WireVector[]>> = {
  "": named("frame-int16", "everything", "proof"),
  b: named("identify", "frame-int16", "frame-float32", "fields"),
};

/** Sends vectors to a process of a writer that then ends. */
async function send(folder: string, writer: string | null, epoch: number, vectors: readonly WireVector[]) {
  const clock = { origin: NOW, wallOrigin: 0, speed: 0 };
  const ingest = await startIngest({
    folder,
    writer,
    epoch,
    appModule: join(import.meta.dirname, "wire", "app.ts"),
    port: 0,
    writeKeys: [WRITE_KEY],
    pseudonymKey: new Uint8Array(32).fill(7),
    clock,
  });
  try {
    for (const { name, body } of vectors) {
      const headers = { authorization: `Bearer ${WRITE_KEY}` };
      const response = await fetch(`${ingest.address}/v1/batch`, {
        method: "POST",
        headers,
        body: body.slice(),
      });
      if (!response.ok) throw new Error(`${name}: the server answered ${response.status}`);
    }
    return ingest.position();
  } finally {
    await ingest.close();
  }
}

/** A folder to which two writers have written, compacted. */
async function makeFolder(folder: string): Promise<Snapshot> {
  const owner = await ownFolder(folder, { command: "vectors" });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  const writer = await ownWriter(folder, "b", { command: "vectors" });
  try {
    const log = await send(folder, null, owner.epoch, SENT[""]!);
    await send(folder, "b", writer.epoch, SENT["b"]!);
    const to = { log, logs: await writerEnds(folder) };
    const { snapshot } = await compact({
      owner,
      catalog,
      app,
      clock: () => NOW,
      read: (first, others) => readLogs(folder, { log: first, logs: others }, to),
    });
    return snapshot!;
  } finally {
    writer.release();
    await catalog.close();
    owner.release();
  }
}

const target = resolve(process.argv[2] ?? "vectors/compat/v1-writers");
await mkdir(target, { recursive: true });
if ((await readdir(target)).length > 0) {
  throw new Error(`${target} holds vectors already; they are append-only. Pass a new folder.`);
}
const work = await mkdtemp(join(tmpdir(), "tideline-writers-"));
try {
  const made = join(work, "folder");
  const { id, manifest } = await makeFolder(made);
  const folder = join(target, "folder");
  await mkdir(folder);
  for (const name of ["format", "log", "log-b", "lake"]) {
    // Locks and the file that names their process are not data.
    const filter = (path: string): boolean => !/owner\.(db|json)$/.test(path);
    await cp(join(made, name), join(folder, name), { recursive: true, filter });
  }
  const expected = {
    snapshot: id,
    logs: await describeLogs(folder, manifest),
    lake: await describeSnapshot(folder, id, work),
    positions: { log: manifest.log, logs: manifest.logs },
  };
  await writeFile(join(target, "expected.json"), `${JSON.stringify(expected)}\n`);
  const hashes: Record<string, string> = {};
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of files.sort()) {
    hashes[relative(target, path)] = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  }
  await writeFile(join(target, "files.json"), `${JSON.stringify(hashes, null, 1)}\n`);
} finally {
  await rm(work, { recursive: true, force: true });
}
