import { isMediaType, toHex, type MediaReference } from "@tideline/spec";
import type { Client } from "./client.ts";
import { fail } from "./fail.ts";
import type { DevicePorts } from "./ports.ts";
import { createSerial } from "./serial.ts";
import { openStateFile } from "./state-file.ts";

export type { MediaReference } from "@tideline/spec";

/** What is kept of some bytes. */
export interface KeptMedia extends MediaReference {
  /** Purposes that they are kept for; removed when none of them is granted any more. */
  readonly purposes: readonly string[];
  /** The device's clock when they were first put in, milliseconds since 1970. */
  readonly time: number;
}

/**
 * Bytes on this phone, by content address. Every call first removes what may not be kept any more: of purposes that are
 * not granted, past its age, or half written when the process died.
 */
export interface Media {
  /**
   * Keeps bytes; the same bytes are kept once. Durable when it resolves. Null where the person has not consented to
   * the purpose, or withdraws or erases meanwhile. Throws `ARGUMENT_INVALID`, `BUDGET_SPENT` when there is no room,
   * `STORAGE_FAILED`.
   */
  put(
    bytes: Uint8Array,
    about: { readonly type: string; readonly purpose: string },
  ): Promise<MediaReference | null>;
  /** Bytes that were put in, their digest checked; null where they were removed or are damaged. */
  read(sha256: string): Promise<Uint8Array | null>;
  remove(sha256: string): Promise<void>;
  list(): Promise<readonly KeptMedia[]>;
  /**
   * Removes what may not be kept any more, now instead of with the next call: after `setConsent`, the client itself says
   * nothing to this.
   */
  sweep(): Promise<void>;
}

/** Options of {@link createMedia}. */
export interface MediaOptions {
  readonly client: Client;
  readonly ports: Pick<DevicePorts, "storage" | "text" | "digest" | "clock">;
  /** Most bytes that are kept in all: 64 MiB. */
  readonly maxBytes?: number;
  /** Most bytes of one of them: 16 MiB. */
  readonly maxItemBytes?: number;
  /** Most of them: 1000. Their list is written anew with each. */
  readonly maxItems?: number;
  /** Milliseconds after which they are removed; absent: they stay until the app or the person removes them. */
  readonly maxAge?: number;
}

interface MediaFile {
  readonly format: 1;
  readonly kept: readonly KeptMedia[];
}

const PREFIX = "media-";

const INDEX = `${PREFIX}index.json`;

/**
 * Media by reference, one of these for a client: bytes stay in the phone's storage under their SHA-256, an event carries the reference only, in a
 * field of `t.media`. Bytes are not uploaded. `eraseMe` removes them, and so does a withdrawal of all their purposes: with
 * the next call, or at the next start.
 *
 * @example
 * const media = createMedia({ client, ports });
 * const photo = await media.put(jpeg, { type: "image/jpeg", purpose: "improve" });
 * if (photo !== null) await client.track(meal, { photo });
 */
export function createMedia(options: MediaOptions): Media {
  const { client, ports, maxBytes = 64 << 20, maxItemBytes = 16 << 20, maxItems = 1000, maxAge } = options;
  const { storage, digest, clock } = ports;
  const serial = createSerial();
  const fileOf = (sha256: string): string => PREFIX + sha256;
  // Read anew each time: an erasure removes it from under this.
  const index = () => openStateFile<MediaFile>(ports, INDEX, { format: 1, kept: [] });
  const consented = (purpose: string): boolean => client.diagnostics().consent.includes(purpose);
  const isPast = ({ purposes, time }: KeptMedia): boolean =>
    !purposes.some(consented) || (maxAge !== undefined && clock() - time > maxAge);

  const isGenuine = async (bytes: Uint8Array | null, sha256: string): Promise<boolean> =>
    bytes !== null && toHex(await digest(bytes)) === sha256;

  const forget = async (isGone: (one: KeptMedia) => boolean): Promise<void> => {
    const file = await index();
    const gone = file.get().kept.filter(isGone);
    if (gone.length === 0) return;
    for (const { sha256 } of gone) await storage.remove(fileOf(sha256));
    await file.change((old) => ({ ...old, kept: old.kept.filter((one) => !gone.includes(one)) }));
  };

  let isFirst = true;
  const sweep = async (): Promise<void> => {
    await forget(isPast);
    if (!isFirst) return;
    // Bytes that no list names, and names without bytes: a process died between the two, or an erasure was on its way.
    const { kept } = (await index()).get();
    const names = await storage.list(PREFIX);
    for (const name of names)
      if (name !== INDEX && !kept.some(({ sha256 }) => fileOf(sha256) === name)) await storage.remove(name);
    await forget(({ sha256 }) => !names.includes(fileOf(sha256)));
    isFirst = false;
  };
  const swept = <T>(task: () => Promise<T>): Promise<T> =>
    serial(async () => {
      await sweep();
      return task();
    });
  // A start after a withdrawal needs no call; where it fails the next call says so.
  swept(async () => undefined).catch(() => undefined);

  const keep = async (
    bytes: Uint8Array,
    { type, purpose }: { readonly type: string; readonly purpose: string },
  ): Promise<MediaReference | null> => {
    if (!isMediaType(type)) fail("ARGUMENT_INVALID", "media", "type", type, "a media type");
    if (!Object.hasOwn(client.app.purposes, purpose)) fail("ARGUMENT_INVALID", "media", "purpose", purpose);
    const { length } = bytes;
    if (length === 0 || length > maxItemBytes)
      fail("ARGUMENT_INVALID", "media", "bytes", `${length}`, `1 to ${maxItemBytes}`);
    if (!consented(purpose)) return null;
    const { install } = client.diagnostics();
    const sha256 = toHex(await digest(bytes));
    const file = await index();
    const { kept } = file.get();
    const old = kept.find((one) => one.sha256 === sha256);
    const used = kept.reduce((sum, one) => sum + one.bytes, 0);
    if (old === undefined && (used + length > maxBytes || kept.length >= maxItems)) {
      const room = `at most ${maxBytes - used} more, as ${maxItems - kept.length} more items`;
      fail("BUDGET_SPENT", "media", "bytes", length, room);
    }
    // The index first: what it does not know is removed at the next start.
    const purposes = [...new Set([...(old?.purposes ?? []), purpose])];
    const one: KeptMedia = { sha256, bytes: length, type, time: clock(), ...old, purposes };
    await file.change(() => ({ format: 1, kept: [...kept.filter((other) => other !== old), one] }));
    if (!(await isGenuine(await storage.read(fileOf(sha256)), sha256))) {
      await storage.write(fileOf(sha256), bytes);
    }
    // An erasure may have listed the storage before these bytes came.
    const now = client.diagnostics();
    const isErased =
      now.install !== install ||
      now.requests.some((request) => request.kind === "erase" && request.install === install);
    await forget((other) => (isErased && other.sha256 === sha256) || isPast(other));
    return isErased || !consented(purpose) ? null : { sha256, bytes: length, type: one.type };
  };

  return Object.freeze({
    put: (bytes: Uint8Array, about: { readonly type: string; readonly purpose: string }) =>
      swept(() => keep(bytes, about)),
    read: (sha256: string) =>
      swept(async () => {
        if (!(await index()).get().kept.some((one) => one.sha256 === sha256)) return null;
        const bytes = await storage.read(fileOf(sha256));
        return (await isGenuine(bytes, sha256)) ? bytes : null;
      }),
    remove: (sha256: string) => swept(() => forget((one) => one.sha256 === sha256)),
    list: () => swept(async () => (await index()).get().kept),
    sweep: () => swept(async () => undefined),
  });
}
