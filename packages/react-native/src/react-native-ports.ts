import {
  tableRuntime,
  type Conditions,
  type DevicePorts,
  type LogEntry,
  type ModelRuntime,
  type Network,
  type SecureStorage,
  type Storage,
} from "@tideline/device";
import { gzip } from "./gzip.ts";
import { openInstance } from "./open-instance.ts";
import { platformGlobal } from "./platform-global.ts";
import { utf8 } from "./utf8.ts";
import { verifyEd25519 } from "./verify-ed25519.ts";
import { xhrNetwork } from "./network/xhr-network.ts";

/** What only native code can do; the rest is made here. */
export interface NativeParts {
  readonly storage: Storage;
  readonly secure: SecureStorage;
  /** SHA-256. In plain ECMAScript it takes 774 ms for 1 MiB on Hermes, so it is the platform's. */
  readonly digest: DevicePorts["digest"];
  readonly random: DevicePorts["random"];
  /** By `XMLHttpRequest` where it is not given. */
  readonly network?: Network;
  /** In plain ECMAScript where it is not given. */
  readonly gzip?: DevicePorts["gzip"];
  readonly conditions?: () => Conditions;
  /** Native runtimes in order of preference; the portable one of the model table comes after them. */
  readonly runtimes?: readonly ModelRuntime[];
  readonly log?: (entry: LogEntry) => void;
}

/**
 * The ports of an app of React Native over native parts of its own choice. Apps of Expo, and those that have Expo's
 * modules, take `createExpoPorts`.
 *
 * @example
 * const ports = await createReactNativePorts({ storage, secure, digest, random });
 * const client = await createClient({ app, ports, collect, console, writeKey, user, models });
 */
export async function createReactNativePorts(parts: NativeParts): Promise<DevicePorts> {
  const { storage, secure, digest, random, conditions, log } = parts;
  const { performance } = platformGlobal;
  return Object.freeze({
    storage,
    secure,
    digest,
    random,
    network: parts.network ?? xhrNetwork(),
    gzip: parts.gzip ?? gzip,
    text: utf8,
    verify: verifyEd25519,
    clock: () => Date.now(),
    monotonic: performance === undefined ? () => Date.now() : () => performance.now(),
    timer: {
      wait: (ms: number) => new Promise<void>((resolve) => platformGlobal.setTimeout(resolve, ms)),
    },
    runtimes: Object.freeze([...(parts.runtimes ?? []), tableRuntime]),
    instance: await openInstance(secure, random),
    ...(conditions === undefined ? {} : { conditions }),
    ...(log === undefined ? {} : { log }),
  });
}
