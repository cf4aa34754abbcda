import {
  isTidelineError,
  tidelineError,
  verifyRoots,
  type Envelope,
  type RootMetadata,
} from "@tideline/spec";
import { fetchJson } from "./fetch-json.ts";
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
  root(): RootMetadata;
  /** Follows rotations since the last time: `GET {console}/v1/root`. Throws what verification throws. */
  refresh(): Promise<RootMetadata>;
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
  let root = pinned;
  try {
    root = await verifyRoots(pinned, chain, ports);
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    tally.report("update", error);
    chain = [];
  }

  const refresh = (): Promise<RootMetadata> =>
    serial(async () => {
      const url = `${console}/v1/root`;
      const offered = await fetchJson(ports, { url, timeoutMs, maxBytes: ROOT_BYTES });
      if (!Array.isArray(offered)) {
        throw tidelineError("RELEASE_MALFORMED", {
          who: "root",
          field: url,
          expected: "a list of envelopes",
        });
      }
      const next = await verifyRoots(root, offered as Envelope[], ports);
      if (next.version > root.version) {
        const longer = [...chain, ...(offered as Envelope[])];
        await writeJsonFile(ports, FILE, { format: 1, chain: longer } as RootFile);
        chain = longer;
        root = next;
      }
      return root;
    });
  return Object.freeze({ root: () => root, refresh });
}
