import {
  isTidelineError,
  tidelineError,
  verifyRoots,
  type Envelope,
  type RootMetadata,
} from "@tideline/spec";
import { askJson } from "./ask.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { DevicePorts } from "./ports.ts";
import { createSerial } from "./serial.ts";
import type { Tally } from "./tally.ts";

const FILE = "root.json";

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

/** What {@link openTrust} needs. */
export interface TrustOptions {
  readonly ports: DevicePorts;
  readonly tally: Tally;
  readonly console: string;
  readonly pinned: RootMetadata;
  readonly timeoutMs: number;
}

/** Opens the trust of the last time. A stored rotation that the pinned root does not lead to is forgotten. */
export async function openTrust({ ports, tally, console, pinned, timeoutMs }: TrustOptions): Promise<Trust> {
  const serial = createSerial();
  let chain = (await readJsonFile<RootFile>(ports, FILE))?.chain ?? [];
  let roots: readonly RootMetadata[] = [pinned];
  const follow = async (envelopes: readonly Envelope[]): Promise<readonly RootMetadata[]> => {
    const followed = [...roots];
    for (const envelope of envelopes) {
      const root = await verifyRoots(followed[0]!, [envelope], ports);
      if (root !== followed[0]) followed.unshift(root);
    }
    return followed;
  };
  try {
    roots = await follow(chain);
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    tally.report("update", error);
    chain = [];
  }

  const refresh = (): Promise<void> =>
    serial(async () => {
      const url = `${console}/v1/root`;
      const offered = await askJson(ports, "update", { url, timeoutMs, maxBytes: ROOT_BYTES });
      if (!Array.isArray(offered)) {
        throw tidelineError("RELEASE_MALFORMED", {
          who: "root",
          field: url,
          expected: "a list of envelopes",
        });
      }
      const followed = await follow(offered as Envelope[]);
      if (followed.length === roots.length) return;
      chain = [...chain, ...(offered as Envelope[])];
      await writeJsonFile(ports, FILE, { format: 1, chain } as RootFile);
      roots = followed;
    });
  return { root: () => roots[0]!, roots: () => roots, refresh };
}
