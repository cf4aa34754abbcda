import { isTidelineError, verifyRoots, type Envelope, type RootMetadata } from "@tideline/spec";
import { askJson } from "./ask.ts";
import type { ModelContext } from "./models.ts";
import { fail } from "./fail.ts";
import { createSerial } from "./serial.ts";
import { openStateFile } from "./state-file.ts";

/** Bytes of the list of roots; a root with a few keys takes 2 kB in its envelope. */
const ROOT_BYTES = 1 << 20;

interface RootFile {
  readonly format: 1;
  /** Rotations since the pinned root, oldest first. */
  readonly chain: readonly Envelope[];
}

/** The root of trust: pinned in the app, then rotated by roots that it signed. */
export interface Trust {
  /** The newest root. */
  root(): RootMetadata;
  /** Every root that was ever trusted, newest first: what one of them vouched for once stays. */
  roots(): readonly RootMetadata[];
  /** Follows rotations since the last time: `GET {console}/v1/root`. Throws what verification throws. */
  refresh(): Promise<void>;
}

/** Opens the trust of the last time. A stored rotation that the pinned root does not lead to is forgotten. */
export async function openTrust({ ports, tally, console, root, limits }: ModelContext): Promise<Trust> {
  const serial = createSerial();
  const file = await openStateFile<RootFile>(ports, "root.json", { format: 1, chain: [] });
  let roots: readonly RootMetadata[] = [root];
  /** Takes the rotations that are new; all of them, or none where one is refused. */
  const follow = async (envelopes: readonly Envelope[]): Promise<readonly Envelope[]> => {
    const taken: Envelope[] = [];
    const followed = [...roots];
    for (const envelope of envelopes) {
      const next = await verifyRoots(followed[0]!, [envelope], ports);
      if (next === followed[0]) continue;
      followed.unshift(next);
      taken.push(envelope);
    }
    roots = followed;
    return taken;
  };
  try {
    await follow(file.get().chain);
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    tally.report("update", error);
    await file.change(() => ({ format: 1, chain: [] }));
  }

  return {
    root: () => roots[0]!,
    roots: () => roots,
    refresh: () =>
      serial(async () => {
        const url = `${console}/v1/root`;
        const offered = await askJson(ports, { url, timeoutMs: limits.timeoutMs, maxBytes: ROOT_BYTES });
        if (!Array.isArray(offered)) fail("RELEASE_MALFORMED", "root", url, "no list of envelopes");
        const taken = await follow(offered as Envelope[]);
        if (taken.length > 0) {
          await file.change(({ chain }) => ({ format: 1, chain: [...chain, ...taken] }));
        }
      }),
  };
}
