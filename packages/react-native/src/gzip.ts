import { gzipSync } from "fflate";
import { platformGlobal } from "./platform-global.ts";

/** Bytes after which a batch's compression would take longer than one frame of a slow phone's screen. */
const YIELD_AFTER = 16_384;

/**
 * gzip in plain ECMAScript, for want of a native one among Expo's modules. Level 1: packed samples hardly shrink
 * further at higher levels, and a phone's battery pays for them. A larger batch first lets the event loop go once, so
 * that touches come before it; the work itself is one block of the JavaScript thread.
 */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length > YIELD_AFTER) await new Promise<void>((resolve) => platformGlobal.setTimeout(resolve, 0));
  return gzipSync(bytes, { level: 1, mtime: 0 });
}
