import type { RootMetadata } from "@tideline/spec";

/**
 * Where the app's server is. A phone cannot reach `localhost` of your computer: set its address in `.env`, e.g.
 * `EXPO_PUBLIC_COLLECT=http://192.168.0.7:4600`. Without one the app records, predicts by its rule and sends nothing.
 */
export const COLLECT = process.env.EXPO_PUBLIC_COLLECT ?? "http://127.0.0.1:4600";
export const CONSOLE = process.env.EXPO_PUBLIC_CONSOLE ?? "http://127.0.0.1:4601";
export const WRITE_KEY = process.env.EXPO_PUBLIC_WRITE_KEY ?? "sample";

/** The root of trust, pinned in the app: put here what `tideline keys` prints. With no key in it no release is taken. */
export const ROOT: RootMetadata = {
  type: "root",
  format: 1,
  version: 1,
  expires: Date.UTC(2099, 0, 1),
  development: true,
  keys: {},
  roles: { root: { keys: [], threshold: 1 }, release: { keys: [], threshold: 1 } },
};
