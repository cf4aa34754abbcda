import { createHash, randomBytes } from "node:crypto";
import type {
  AppState,
  ExpoBattery,
  ExpoCrypto,
  ExpoNetwork,
  ExpoNetworkState,
  ExpoSecureStore,
} from "../src/index.ts";

/** `expo-crypto` by Node, with its bounds. */
export const nodeExpoCrypto: ExpoCrypto = {
  CryptoDigestAlgorithm: { SHA256: "SHA-256" },
  digest: async (algorithm, bytes) => {
    if (algorithm !== "SHA-256") throw new Error(`no ${algorithm as string}`);
    const digest = createHash("sha256").update(bytes).digest();
    return digest.buffer.slice(digest.byteOffset, digest.byteOffset + 32) as ArrayBuffer;
  },
  getRandomBytes: (count) => {
    if (count < 0 || count > 1024) throw new TypeError("expected a count between 0 and 1024");
    return new Uint8Array(randomBytes(count));
  },
};

/** `expo-secure-store` over a map: its bounds of keys, values of text. */
export function nodeSecureStore(items: Map<string, string>): ExpoSecureStore {
  const expectKey = (key: string): void => {
    if (!/^[\w.-]+$/.test(key)) throw new Error(`an invalid key: ${key}`);
  };
  return {
    AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: 1,
    getItemAsync: async (key) => {
      expectKey(key);
      return items.get(key) ?? null;
    },
    setItemAsync: async (key, value, options) => {
      expectKey(key);
      if (value.length > 2048) throw new Error("longer than iOS may keep");
      if (options?.keychainAccessible !== 1) throw new Error("an entry that would leave the device");
      items.set(key, value);
    },
    deleteItemAsync: async (key) => void items.delete(key),
  };
}

/** A source of events that a test fires. */
function listeners<Event>() {
  const known = new Set<(event: Event) => void>();
  return {
    add: (listener: (event: Event) => void) => {
      known.add(listener);
      return { remove: () => void known.delete(listener) };
    },
    fire: (event: Event) => {
      for (const listener of known) listener(event);
    },
    count: () => known.size,
  };
}

/** Network, battery and app state that a test moves. */
export function movableConditions(first: { network: ExpoNetworkState; battery: number; app: string }) {
  const networks = listeners<ExpoNetworkState>();
  const batteries = listeners<{ batteryState: number }>();
  const states = listeners<string>();
  const network: ExpoNetwork = {
    getNetworkStateAsync: async () => first.network,
    addNetworkStateListener: networks.add,
  };
  const battery: ExpoBattery = {
    getBatteryStateAsync: async () => first.battery,
    addBatteryStateListener: batteries.add,
  };
  const appState: AppState = {
    currentState: first.app,
    addEventListener: (_, listener) => states.add(listener),
  };
  return {
    network,
    battery,
    appState,
    moveNetwork: networks.fire,
    moveBattery: (batteryState: number) => batteries.fire({ batteryState }),
    moveApp: states.fire,
    subscriptions: () => networks.count() + batteries.count() + states.count(),
  };
}
