import { join } from "node:path";
import {
  createKeys,
  listReleases,
  openCatalog,
  openKeys,
  ownFolder,
  renewRoot,
  renewWhenDue,
  rotateReleaseKey,
  rotateRootKey,
  writeDurably,
  type KeyRing,
  type ReleaseRow,
} from "@tideline/pipeline";
import { tidelineError, type RootMetadata } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { localTime, plural, shortId } from "../output/figure.ts";
import { locateFolder } from "./open-folder.ts";
import { outFileError } from "./out-file.ts";
import { pathWithin } from "./path-within.ts";
import { readRootChain } from "./root-chain.ts";

/** Days before a root's end from which on a person is told: time enough to fetch the key from where it is kept. */
const SOON = 60 * 86_400_000;

/** What may be shown of a root. */
function summarise(root: RootMetadata, roots: number, now: number) {
  const left = root.expires - now;
  return {
    version: root.version,
    roots,
    development: root.development,
    expires: root.expires,
    state: left <= 0 ? ("expired" as const) : left < SOON ? ("expires soon" as const) : ("valid" as const),
    rootKeys: root.roles.root.keys,
    releaseKeys: root.roles.release.keys,
  };
}

/** A root for a person. */
function describe(root: RootMetadata, roots: number, now: number): string {
  const { state, development } = summarise(root, roots, now);
  const remedy: Readonly<Record<typeof state, string>> = {
    valid: "",
    "expires soon": "; tideline keys renew makes it valid for another year",
    expired: "; phones take nothing new until tideline keys renew",
  };
  const kind = development
    ? "for development: production phones refuse what it signs; tideline keys create makes others"
    : "for production";
  return [
    `root       version ${root.version} of ${plural(roots, "root")}, ${kind}`,
    `valid      until ${localTime(root.expires)}, ${state}${remedy[state]}`,
    `root key   ${root.roles.root.keys.map(shortId).join(", ")}`,
    `release    ${root.roles.release.keys.map(shortId).join(", ")}`,
  ].join("\n");
}

/** `tideline keys`: which keys a folder's phones trust, and until when. Reads no private key. */
export async function keysCommand(named: string): Promise<CommandResult> {
  const folder = await locateFolder(named);
  const chain = await readRootChain(folder);
  const root = chain.at(-1)!;
  const now = Date.now();
  return {
    value: { folder, ...summarise(root, chain.length, now) },
    text: describe(root, chain.length, now),
  };
}

/**
 * `tideline keys pin`: the newest root as an app pins it, printed or written to a file.
 *
 * @throws `ARGUMENT_INVALID`, `NOT_FOUND`, `RELEASE_MALFORMED`, `RELEASE_SIGNATURE_INVALID`
 */
export async function pinCommand(named: string, out: string | undefined): Promise<CommandResult> {
  const root = (await readRootChain(await locateFolder(named))).at(-1)!;
  const json = JSON.stringify(root, null, 2);
  if (out === undefined) return { value: root, text: json };
  await writeDurably(out, `${json}\n`, { mode: 0o644 }).catch((cause: unknown) => {
    throw outFileError("tideline keys pin", "a file that can be written", out, cause);
  });
  return { value: { out, root }, text: `root version ${root.version} written to ${out}` };
}

/** Refuses a place for the root's private key that is the server's own. @throws `ARGUMENT_INVALID` */
async function refuseWithin(who: string, rootKey: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    if (!(await pathWithin(rootKey, folder))) continue;
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "--root-key",
      expected: "a folder apart from the server's for the root's private key",
      received: `${rootKey}, which lies in ${folder}`,
      remedy: "Name a disk that is not left on the server: whoever has this key owns every phone.",
    });
  }
}

/** Options of {@link createKeysCommand}. */
export interface CreateKeysFlags {
  /** Folder for the root's private key: a disk that is then taken away. */
  readonly rootKey: string | undefined;
}

/**
 * `tideline keys create`: production keys for a new folder, before anything is served from it.
 *
 * @throws `ARGUMENT_INVALID`, `FOLDER_OWNED`, `FOLDER_INVALID` where the folder has keys
 */
export async function createKeysCommand(
  folder: string,
  { rootKey }: CreateKeysFlags,
): Promise<CommandResult> {
  if (rootKey === undefined) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline keys create",
      field: "--root-key",
      expected: "a folder apart from the server's for the root's private key",
      received: "none",
      remedy: "Name a disk that is not left on the server: whoever has this key owns every phone.",
    });
  }
  await refuseWithin("tideline keys create", rootKey, [folder]);
  const owner = await ownFolder(folder, { command: "tideline keys create" });
  try {
    // The folder of a server that has not started yet: with its catalog it is one that the other commands know.
    await (await openCatalog(folder, { epoch: owner.epoch })).close();
    const { root } = await createKeys(join(folder, "keys"), {
      now: Date.now(),
      development: false,
      rootKeyFolder: rootKey,
    });
    const text = [
      describe(root, 1, Date.now()),
      "",
      `The root's private key stands in ${rootKey}: take it off this machine, and keep a copy.`,
      "tideline keys pin writes the root that the app is built with.",
    ].join("\n");
    return { value: { folder, rootKey, ...summarise(root, 1, Date.now()) }, text };
  } finally {
    owner.release();
  }
}

/** What changes the keys of a folder. */
export type KeyChange = "rotate-release" | "rotate-root" | "renew";

const CHANGES: Readonly<Record<KeyChange, typeof renewRoot>> = {
  "rotate-release": rotateReleaseKey,
  "rotate-root": rotateRootKey,
  renew: renewRoot,
};

/** The change that a role's name asks for. @throws `ARGUMENT_INVALID` */
export function keyChange(role: string): KeyChange {
  const change = `rotate-${role}`;
  if (change === "rotate-release" || change === "rotate-root") return change;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "tideline keys rotate",
    field: "role",
    expected: '"release" or "root"',
    received: role,
  });
}

/** Signs again what is on offer, where the key has changed. */
async function signAgain(
  folder: string,
  epoch: number,
  keys: KeyRing,
  now: number,
): Promise<readonly ReleaseRow[]> {
  const catalog = await openCatalog(folder, { epoch });
  try {
    const renewed: ReleaseRow[] = [];
    for (const row of await listReleases(catalog)) {
      const next = await renewWhenDue({ catalog, keys, clock: () => now }, row);
      if (next !== null) renewed.push(next);
    }
    return renewed;
  } finally {
    await catalog.close();
  }
}

/**
 * `tideline keys rotate release|root` and `tideline keys renew`: makes the next root, which phones follow from the one
 * they pinned, and signs the releases on offer again where the key has changed.
 *
 * @throws `ARGUMENT_INVALID`, `FOLDER_OWNED` while a server runs, `NOT_FOUND` without the root's private key
 */
export async function changeKeysCommand(
  named: string,
  change: KeyChange,
  rootKeyFolder: string | undefined,
): Promise<CommandResult> {
  const folder = await locateFolder(named);
  const who = `tideline keys ${change.replace("-", " ")}`;
  if (rootKeyFolder !== undefined) await refuseWithin(who, rootKeyFolder, [named, folder]);
  const owner = await ownFolder(folder, { command: who });
  try {
    const now = Date.now();
    const before = await openKeys(join(folder, "keys"), { now });
    const keys = await CHANGES[change](before, {
      now,
      ...(rootKeyFolder === undefined ? {} : { rootKeyFolder }),
    });
    const renewed = await signAgain(folder, owner.epoch, keys, now);
    const signed = renewed.map(({ channel, version }) => `${channel} version ${version}`);
    return {
      value: { folder, renewed: signed, ...summarise(keys.root, keys.chain.length, now) },
      text: [
        describe(keys.root, keys.chain.length, now),
        ...signed.map((name) => `signed     ${name} again`),
      ].join("\n"),
    };
  } finally {
    owner.release();
  }
}
