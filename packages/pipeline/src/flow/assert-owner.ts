import { readFileSync } from "node:fs";
import { tidelineError } from "@tideline/spec";
import type { FolderLayout, OwnerFile } from "../catalog/index.ts";

/** The epoch that the folder's owner file names, or null where there is none any more. */
function ownerEpoch(path: string): number | null {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as OwnerFile).epoch;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw cause;
  }
}

/**
 * Checks, on a thread that does not hold the folder's lock itself, that the folder still belongs to its owner.
 *
 * @param epoch fencing epoch of the owner; null for a reader, which owns nothing
 * @throws `FENCED`
 */
export function assertOwner(layout: FolderLayout, epoch: number | null): void {
  const current = ownerEpoch(layout.owner);
  if (epoch !== null && current === epoch) return;
  throw tidelineError("FENCED", {
    who: `folder ${layout.root}`,
    expected: `epoch ${epoch ?? "of an owner"}`,
    received: current === null ? "no owner" : `epoch ${current}`,
    remedy: "Stop this process; the folder has another owner.",
  });
}
