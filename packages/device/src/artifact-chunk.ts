import { concatBytes, isTidelineError, toHex, type ChunkedReference } from "@tideline/spec";
import { wholeDownload, type Download } from "./artifact.ts";
import { ask } from "./ask.ts";
import { fail } from "./fail.ts";

/** Chunks of an artifact at most: what the manifest states is a release key's word, and yet no reason to hash for hours. */
const MOST_CHUNKS = 4096;

/** Bytes of one request at most, where a chunk is not larger: what a broken connection costs. */
const REQUEST_BYTES = 256 * 1024;

/** Whether a manifest's chunks can make up its file. */
function areWhole({ bytes, chunks }: ChunkedReference): boolean {
  const { size = 0, sha256 = [] } = chunks ?? {};
  return (
    Number.isSafeInteger(size) &&
    size > 0 &&
    Array.isArray(sha256) &&
    sha256.length <= MOST_CHUNKS &&
    sha256.length === Math.ceil(bytes / size)
  );
}

/**
 * Downloads artifacts in the chunks that the manifest names, by `Range` requests: each is checked and kept, so that a
 * broken download goes on where it was, after a restart too; chunks that the phone has from another release are not
 * fetched. An artifact without chunks, or with ones that cannot make it up, is fetched whole. Whatever the chunks say,
 * the whole is held against the artifact's own digest before it is used.
 *
 * @example
 * const models = createModels({ root, channel: "stable", environment: "production", download: chunkedDownload });
 */
export const chunkedDownload: Download = async (context, wanted, place) => {
  const { chunks, sha256, bytes: total } = wanted;
  if (!chunks || !areWhole(wanted)) return wholeDownload(context, wanted, place);
  const { ports, limits } = context;
  const { storage } = ports;
  const { size } = chunks;
  const prefix = `part-${place.owner}-`;
  const part = prefix + sha256;
  const nameOf = async (piece: Uint8Array): Promise<string> => toHex(await ports.digest(piece));
  const pieces = (bytes: Uint8Array): Uint8Array[] =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );

  // A part is the beginning of its file; what is torn or damaged of it is cut off.
  const before = pieces((await storage.read(part)) ?? new Uint8Array(0));
  const sound: Uint8Array[] = [];
  for (const piece of before) {
    if ((await nameOf(piece)) !== chunks.sha256[sound.length]) break;
    sound.push(piece);
  }
  if (sound.length < before.length) await storage.write(part, concatBytes(sound));

  /** Pieces of what the phone has, by digest. */
  const known = new Map<string, Uint8Array>();
  if (sound.length < chunks.sha256.length) {
    const others = (await storage.list(prefix)).filter(
      (name) => name !== part && name.length === part.length,
    );
    const left = await Promise.all(others.map((name) => storage.read(name)));
    for (const bytes of [...(await place.held()), ...left]) {
      // Small chunks of a small artifact are no reason to cut a large file into as many pieces.
      if (!bytes || bytes.length > size * MOST_CHUNKS) continue;
      for (const piece of pieces(bytes)) known.set(await nameOf(piece), piece);
    }
    // Of an artifact that was given up before it was whole.
    for (const name of others) await storage.remove(name);
  }

  while (sound.length < chunks.sha256.length) {
    const at = sound.length;
    const found: Uint8Array[] = [];
    for (
      let piece = known.get(chunks.sha256[at]!);
      piece;
      piece = known.get(chunks.sha256[at + found.length]!)
    ) {
      found.push(piece);
    }
    if (found.length === 0) {
      let end = at + 1;
      const last = Math.min(chunks.sha256.length, at + Math.max(1, Math.floor(REQUEST_BYTES / size)));
      while (end < last && !known.has(chunks.sha256[end]!)) end += 1;
      const [first, beyond] = [at * size, Math.min(end * size, total)];
      const range = {
        url: place.url,
        headers: { range: `bytes=${first}-${beyond - 1}` },
        timeoutMs: limits.timeoutMs,
        maxBytes: beyond - first,
      };
      const answer = await ask(ports, "update", range, true).catch((error: unknown) => {
        // What is longer than the range may be the whole, from a server without ranges; or any page.
        if (isTidelineError(error, "DATA_MALFORMED")) return null;
        throw error;
      });
      if (answer === null) {
        await wholeDownload(context, wanted, place);
        break;
      }
      const { status, body } = answer;
      // Or the whole is no longer than the range.
      if (status === 200 && body.length === total) {
        await place.keep(body);
        break;
      }
      if (status === 404) fail("ARTIFACT_CORRUPT", "update", place.url, status);
      if (status !== 206) fail("UNAVAILABLE", "update", place.url, status);
      if (body.length !== beyond - first) {
        fail("ARTIFACT_CORRUPT", "update", place.url, body.length, `${beyond - first} bytes`);
      }
      for (const piece of pieces(body)) {
        if ((await nameOf(piece)) !== chunks.sha256[at + found.length]) break;
        found.push(piece);
      }
      if (found.length === 0)
        fail("ARTIFACT_CORRUPT", "update", place.url, "other bytes", "the chunk that is named");
    }
    await storage.append(part, concatBytes(found));
    sound.push(...found);
    ports.crashPoint?.("update.chunk.after");
  }
  if (sound.length === chunks.sha256.length) await place.keep(concatBytes(sound));
  // Not before the whole is there: what was fetched is not lost to a page of somebody else's.
  await storage.remove(part);
};
