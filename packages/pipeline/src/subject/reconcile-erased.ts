import {
  commit,
  listErased,
  publishErased,
  readErasedFile,
  recordErased,
  recordRequest,
  type Catalog,
  type ErasedRow,
} from "../catalog/index.ts";

/**
 * Brings the catalog and `erased.json` together when a folder is opened. What only the catalog has is published. What
 * only the file has was erased after the backup that the catalog comes from: it is entered, and a request is recorded
 * that erases it once more, from what came back with the backup.
 *
 * @returns the id of that request, or null
 */
export async function reconcileErased(catalog: Catalog, folder: string, now: number): Promise<string | null> {
  const file = readErasedFile(folder);
  const entries = await listErased(catalog);
  const known = new Map(entries.map(({ kind, hash, at }) => [`${kind}/${hash}`, at]));
  const id = `restored-${file?.generation ?? 0}`;
  const missing: ErasedRow[] = [
    ...(file?.installs ?? []).map((hash) => ({ kind: "install" as const, hash, at: now, request: id })),
    ...(file?.subjects ?? []).map(([hash, at]) => ({ kind: "subject" as const, hash, at, request: id })),
  ].filter(({ kind, hash, at }) => {
    const before = known.get(`${kind}/${hash}`);
    return before === undefined || (kind === "subject" && before < at);
  });
  if (missing.length > 0) {
    await commit(catalog, async (writer) => {
      await recordErased(writer, missing);
      await recordRequest(writer, {
        id,
        kind: "erase",
        install: null,
        subject: null,
        proof: null,
        models: "keep",
        state: "running",
        created_at: now,
        finished_at: null,
        error: null,
        receipt: null,
      });
    });
  }
  const published = (file?.installs.length ?? 0) + (file?.subjects.length ?? 0);
  if (missing.length > 0 || published !== entries.length) await publishErased(catalog, folder);
  return missing.length > 0 ? id : null;
}
