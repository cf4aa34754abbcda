import { toHex } from "@tideline/spec";
import type { DevicePorts, LogEntry, ModelRuntime, Storage } from "@tideline/device";
import { watchConditions } from "./conditions.ts";
import { fetchNetwork } from "./fetch-network.ts";
import { indexedDbStorage } from "./indexed-db-storage.ts";
import { claimSlot, type Slot } from "./slot.ts";
import { webCrypto } from "./web-crypto.ts";

/** Files that all pages of an app share: what a person consents to, or takes back, holds for every one of them. */
const SHARED = ["consent.json"];

/** A storage of which some files stand in another one. */
function shareFiles(own: Storage, shared: Storage, names: readonly string[]): Storage {
  const of = (name: string): Storage => (names.includes(name) ? shared : own);
  return {
    append: (name, bytes) => of(name).append(name, bytes),
    read: (name) => of(name).read(name),
    write: (name, bytes) => of(name).write(name, bytes),
    remove: (name) => of(name).remove(name),
    list: async (prefix) => [...(await own.list(prefix)), ...(await shared.list(prefix))].sort(),
  };
}

/** Options of {@link openWebPorts}. */
export interface WebPortsOptions {
  /** Name of the app: begins the names of its databases. */
  readonly app: string;
  /** In order of preference; none by default. */
  readonly runtimes?: readonly ModelRuntime[];
  /** A slot that is already claimed; the first free one by default. */
  readonly slot?: Slot;
  readonly log?: (entry: LogEntry) => void;
}

/** Ports of a page, with what must be given back. */
export interface WebPorts {
  readonly ports: DevicePorts;
  /** Closes the databases and lets another page have the slot; call it after the client's `close`. */
  close(): void;
}

/**
 * The ports of a browser. Secrets stand in a second IndexedDB database, since browsers have no keychain. A copied
 * browser profile cannot be told from its original, so every start is an instance of its own: it begins a new epoch,
 * and numbers never meet, whoever was copied from whom. Consent stands in a database that every page of the app reads
 * when it opens; a page that is open already goes on with what it read. An erasure is of one slot's install.
 *
 * @throws `STORAGE_FAILED` without IndexedDB or Web Locks.
 * @example
 * const { ports, close } = await openWebPorts({ app: "gym", runtimes: [ortWebRuntime(ort, "wasm"), tableRuntime] });
 * const client = await createClient({ app, ports, ... });
 */
export async function openWebPorts(options: WebPortsOptions): Promise<WebPorts> {
  const slot = options.slot ?? (await claimSlot(options.app));
  try {
    const own = await indexedDbStorage(slot.database);
    const shared = await indexedDbStorage(`shared-tideline-${options.app}`);
    const storage = shareFiles(own, shared, SHARED);
    const secure = await indexedDbStorage(`secure-${slot.database}`);
    const ports: DevicePorts = {
      ...webCrypto,
      storage,
      secure: { read: secure.read, write: secure.write, remove: secure.remove },
      network: fetchNetwork,
      clock: Date.now,
      monotonic: () => performance.now(),
      timer: { wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
      conditions: watchConditions(),
      runtimes: options.runtimes ?? [],
      instance: toHex(webCrypto.random(16)),
      ...(options.log === undefined ? {} : { log: options.log }),
    };
    return Object.freeze({
      ports,
      close: () => {
        own.close();
        shared.close();
        secure.close();
        slot.release();
      },
    });
  } catch (error) {
    slot.release();
    throw error;
  }
}
