import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ACCEPTED } from "./wire/accepted.ts";
import { ANSWERS } from "./wire/answers.ts";
import { app } from "./wire/app.ts";
import { FRAME_FAULTS, FRAMES } from "./wire/frames.ts";
import { MALFORMED } from "./wire/malformed.ts";
import { QUARANTINED } from "./wire/quarantined.ts";

/**
 * Makes the vectors of the wire (docs/wire.md): `node scripts/vectors-wire.ts [folder]`, `vectors/wire` when left out.
 * The same code makes the same bytes; a test holds the committed files against it and sends them to the server.
 */

/** The write key of every request that gives no other. */
const WRITE_KEY = "wire-write-key";

/** The files of all vectors, by name. */
export function wireVectorFiles(): ReadonlyMap<string, string | Uint8Array> {
  const files = new Map<string, string | Uint8Array>();
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  for (const vector of [...ACCEPTED, ...FRAMES, FRAME_FAULTS, ...QUARANTINED, ...MALFORMED]) {
    const { name, about, headers = {}, header, body, expect } = vector;
    files.set(`${name}.bin`, body);
    const request = { headers: { authorization: `Bearer ${WRITE_KEY}`, ...headers }, body: `${name}.bin` };
    files.set(`${name}.json`, json({ about, request, ...(header !== undefined && { header }), expect }));
  }
  files.set("answers.json", json(ANSWERS));
  files.set("app.json", json(app));
  return files;
}

if (import.meta.main) {
  const target = resolve(process.argv[2] ?? join(import.meta.dirname, "..", "vectors", "wire"));
  await mkdir(target, { recursive: true });
  for (const [name, content] of wireVectorFiles()) await writeFile(join(target, name), content);
}
