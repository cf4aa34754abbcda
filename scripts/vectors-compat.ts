import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { openCatalog, listRuns } from "@tideline/pipeline";
import { fromBase64 } from "@tideline/spec";
import { app } from "./compat/app.ts";
import { describeBatch, describeJournal, describeLog, describeSnapshot } from "./compat/describe.ts";
import { runSmallLoop } from "./compat/small-loop.ts";

/**
 * Makes the compatibility vectors of today's formats: `node scripts/vectors-compat.ts vectors/compat/v2`. The same
 * code makes the same bytes. It refuses a folder that holds some already: what was written stays as it is.
 */

/** 2026-01-01 in milliseconds since 1970. */
const NOW = 1_767_225_600_000;

/** Files below a folder, relative to it, sorted. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

const target = resolve(process.argv[2] ?? "vectors/compat/v1");
await mkdir(target, { recursive: true });
if ((await readdir(target)).some((name) => name !== "README.md")) {
  throw new Error(`${target} holds vectors already; they are append-only. Pass a new folder.`);
}
const work = await mkdtemp(join(tmpdir(), "tideline-compat-"));
try {
  const loop = join(work, "loop");
  const { phones, snapshot, run, release } = await runSmallLoop(loop, NOW);
  const folder = join(target, "folder");
  await mkdir(join(folder, "keys"), { recursive: true });
  for (const name of ["format", "catalog.db", "log", "lake", "artifact", join("keys", "root.json")]) {
    await cp(join(loop, name), join(folder, name), { recursive: true });
  }
  const [phone] = phones;
  const journalName = [...phone!.files.keys()].find((name) => name.startsWith("journal-"))!;
  const journal = phone!.files.get(journalName)!;
  const batch = phone!.batches[0]!;
  await writeFile(join(target, "journal.log"), journal);
  await writeFile(join(target, "batch.tlb"), batch);
  await writeFile(join(target, "app.json"), `${JSON.stringify(app, null, 1)}\n`);
  await writeFile(join(target, "release.json"), `${JSON.stringify(release.envelope)}\n`);
  const catalog = await openCatalog(loop);
  const runs = (await listRuns(catalog)).map(({ id }) => id);
  await catalog.close();
  const expected = {
    now: NOW,
    snapshot: snapshot.id,
    run: run.id,
    runs,
    release: JSON.parse(Buffer.from(fromBase64(release.envelope.payload)).toString()) as unknown,
    fitted: (release.metrics as { fitted: string }).fitted,
    log: await describeLog(folder),
    lake: await describeSnapshot(folder, snapshot.id, work),
    journal: describeJournal(journal),
    batch: describeBatch(batch),
  };
  await writeFile(join(target, "expected.json"), `${JSON.stringify(expected)}\n`);
  const hashes: Record<string, string> = {};
  for (const file of await filesBelow(target)) {
    if (file === "README.md") continue;
    hashes[file] = createHash("sha256")
      .update(await readFile(join(target, file)))
      .digest("hex");
  }
  await writeFile(join(target, "files.json"), `${JSON.stringify(hashes, null, 1)}\n`);
} finally {
  await rm(work, { recursive: true, force: true });
}
