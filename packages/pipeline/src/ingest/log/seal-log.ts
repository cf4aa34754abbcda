import { open, rm } from "node:fs/promises";
import { syncPath } from "../../catalog/durable-write.ts";
import { readSegment } from "./read-segment.ts";
import { listSegments, SEGMENT_HEADER_BYTES } from "./segment.ts";

/**
 * Cuts a torn tail off the last segment of a log whose owner has died, and makes what is left durable: whole
 * records that the dead owner had written but not yet fsynced are kept, and will be taken for stored from now on.
 *
 * @throws `LOG_CORRUPT`
 */
export async function sealLog(logFolder: string): Promise<void> {
  const last = (await listSegments(logFolder)).at(-1);
  if (last === undefined) return;
  const handle = await open(last.path, "r+");
  try {
    const { size } = await handle.stat();
    if (size >= SEGMENT_HEADER_BYTES) {
      let end = SEGMENT_HEADER_BYTES;
      for await (const frame of readSegment(last, { from: 0, mayBeTorn: true })) end = frame.end;
      if (end < size) await handle.truncate(end);
      await handle.sync();
      return;
    }
  } finally {
    await handle.close();
  }
  // Its owner died before the header was written: no record can have been in it.
  await rm(last.path);
  await syncPath(logFolder);
}
