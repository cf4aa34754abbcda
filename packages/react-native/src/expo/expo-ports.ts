import type { DevicePorts, LogEntry, ModelRuntime } from "@tideline/device";
import { tidelineError } from "@tideline/spec";
import type { AppState } from "../app-state.ts";
import { fetchNetwork, type FetchFunction } from "../network/fetch-network.ts";
import { createReactNativePorts } from "../react-native-ports.ts";
import { watchConditions, type ExpoBattery, type ExpoNetwork } from "./expo-conditions.ts";
import { expoCrypto, type ExpoCrypto } from "./expo-crypto.ts";
import { openFileStorage, type ExpoFileSystem } from "./file-storage.ts";
import { expoSecureStorage, type ExpoSecureStore } from "./secure-storage.ts";
import { openSqliteStorage, type ExpoSqlite } from "./sqlite-storage.ts";

/** Modules of Expo as the app imports them: nothing here imports one, so none is missed that is not installed. */
export interface ExpoModules {
  /**
   * What tells this app from others whose secrets may stand beside its own (apps of one Apple team, builds of one app,
   * projects in Expo Go): its bundle identifier.
   */
  readonly scope: string;
  /** `expo-sqlite`: the storage, durable against the loss of power. */
  readonly sqlite?: ExpoSqlite;
  /** `expo-file-system`: the storage where `sqlite` is not given, durable against the end of the process only. */
  readonly fileSystem?: ExpoFileSystem;
  /** `expo-crypto` */
  readonly crypto: ExpoCrypto;
  /** `expo-secure-store` */
  readonly secureStore: ExpoSecureStore;
  /** `expo-network` */
  readonly network?: ExpoNetwork;
  /** `expo-battery` */
  readonly battery?: ExpoBattery;
  /** `AppState` of `react-native` */
  readonly appState?: AppState;
  /** `fetch` of `expo/fetch`; `XMLHttpRequest` where it is not given. */
  readonly fetch?: FetchFunction;
  /** Native runtimes in order of preference; none is in Expo Go, where the model table runs. */
  readonly runtimes?: readonly ModelRuntime[];
  readonly log?: (entry: LogEntry) => void;
}

/** Ports over Expo, and what to close at the end. */
export interface ExpoPorts {
  readonly ports: DevicePorts;
  /** What a resolved write survives: the loss of power, or the end of the process only. */
  readonly durability: "power-loss" | "process-end";
  /** Ends subscriptions and closes the storage; after the client's `close`. */
  close(): Promise<void>;
}

/**
 * The ports of an app over modules that are all in Expo Go. Never run on a phone.
 *
 * @example
 * import * as SQLite from "expo-sqlite"; // and so on
 * const { ports } = await createExpoPorts({ scope: "com.example.gym", sqlite: SQLite, crypto: Crypto,
 *   secureStore: SecureStore, network: Network, battery: Battery, appState: AppState });
 */
export async function createExpoPorts(modules: ExpoModules): Promise<ExpoPorts> {
  const { sqlite, fileSystem, network, battery, appState, fetch, runtimes, log } = modules;
  if (sqlite === undefined && fileSystem === undefined) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "createExpoPorts",
      field: "sqlite",
      expected: "the module expo-sqlite or expo-file-system",
      received: "neither",
      remedy: "Run `npx expo install expo-sqlite` and hand the module in.",
    });
  }
  const storage = sqlite === undefined ? openFileStorage(fileSystem!) : await openSqliteStorage(sqlite);
  const watched = await watchConditions({ network, battery, appState });
  const ports = await createReactNativePorts({
    storage,
    secure: expoSecureStorage(modules.secureStore, modules.scope),
    ...expoCrypto(modules.crypto),
    conditions: watched.conditions,
    ...(fetch === undefined ? {} : { network: fetchNetwork(fetch) }),
    ...(runtimes === undefined ? {} : { runtimes }),
    ...(log === undefined ? {} : { log }),
  });
  return Object.freeze({
    ports,
    durability: sqlite === undefined ? "process-end" : "power-loss",
    close: async () => {
      watched.close();
      await storage.close();
    },
  });
}
