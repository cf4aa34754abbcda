import { toHex } from "@tideline/spec";
import type { DevicePorts, Network, Storage } from "@tideline/device";
import { watchConditions } from "./conditions.ts";
import { fetchNetwork } from "./fetch-network.ts";
import { indexedDbStorage, type IndexedDbStorage } from "./indexed-db-storage.ts";
import { CONSENT_FILE, type SharedConsent } from "./shared-consent.ts";
import type { Slot } from "./slot.ts";
import { webCrypto } from "./web-crypto.ts";

/** Ports that an app may give instead of the browser's: a `verify` of a library, runtimes, a log. */
export type PortChoice = Partial<Omit<DevicePorts, "storage" | "secure" | "instance">>;

/** The ports of a slot, with what must be given back. */
export interface SlotPorts {
  readonly ports: DevicePorts;
  /** Closes the slot's databases. */
  close(): void;
}

/** Opens the storage that all pages of an app share: consent, and orders to slots. */
export const openShared = (app: string): Promise<IndexedDbStorage> =>
  indexedDbStorage(`shared-tideline-${app}`);

/** A slot's storage, in which the consent is that of all pages. */
function withConsent(own: Storage, consent: SharedConsent): Storage {
  return {
    append: own.append,
    read: (name) => (name === CONSENT_FILE ? consent.read() : own.read(name)),
    write: (name, bytes) => (name === CONSENT_FILE ? consent.write(bytes) : own.write(name, bytes)),
    remove: own.remove,
    list: own.list,
  };
}

/** What is the browser's and of no slot. */
export function browserPorts(choice: PortChoice): Omit<DevicePorts, "storage" | "secure" | "instance"> {
  return {
    ...webCrypto,
    network: fetchNetwork,
    clock: Date.now,
    monotonic: () => performance.now(),
    timer: { wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    conditions: watchConditions(),
    runtimes: [],
    ...choice,
  };
}

/**
 * Ports over a slot's databases. Secrets stand in a second database, since browsers have no keychain. A copied browser
 * profile cannot be told from its original, so every start is an instance of its own: it begins a new epoch, and
 * numbers never meet, whoever was copied from whom.
 *
 * @param guard wraps the network.
 * @throws `STORAGE_FAILED` without IndexedDB.
 */
export async function openSlotPorts(
  slot: Slot,
  choice: PortChoice,
  { consent, guard }: { readonly consent: SharedConsent; readonly guard: (network: Network) => Network },
): Promise<SlotPorts> {
  const own = await indexedDbStorage(slot.database);
  const secure = await indexedDbStorage(slot.secrets);
  const browser = browserPorts(choice);
  const ports: DevicePorts = {
    ...browser,
    network: guard(browser.network),
    storage: withConsent(own, consent),
    secure: { read: secure.read, write: secure.write, remove: secure.remove },
    instance: toHex(webCrypto.random(16)),
  };
  return {
    ports,
    close: () => {
      own.close();
      secure.close();
    },
  };
}
