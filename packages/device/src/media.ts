import { toHex } from "@tideline/spec";
import type { Client } from "./client.ts";
import { fail } from "./fail.ts";
import type { DevicePorts } from "./ports.ts";
import { createSerial } from "./serial.ts";
import { openStateFile } from "./state-file.ts";

/** Bytes by their content address: what an event says of an image, a sound or a film that stays on the phone. */
export interface MediaReference {
  /** Lower-case hexadecimal SHA-256 of the bytes. */
  readonly sha256: string;
  readonly bytes: number;
  /** Media type, as `image/jpeg`. */
  readonly type: string;
}

/** What is kept of some bytes. */
export interface KeptMedia extends MediaReference {
  /** Purposes that they are kept for; removed when none of them is granted any more. */
  readonly purposes: readonly string[];
  /** The device's clock when they were first put in, milliseconds since 1970. */
  readonly time: number;
}

/** Bytes on this phone, by content address. */
export interface Media {
  /**
   * Keeps bytes; the same bytes are kept once. Durable when it resolves. Null where the person has not consented to
   * the purpose. Throws `ARGUMENT_INVALID`, `BUDGET_SPENT` when there is no room, `STORAGE_FAILED`.
   */
  put(
    bytes: Uint8Array,
    about: { readonly type: string; readonly purpose: string },
  ): Promise<MediaReference | null>;
  /** Bytes that were put in, their digest checked; null where they are missing or damaged. */
  read(sha256: string): Promise<Uint8Array | null>;
  remove(sha256: string): Promise<void>;
  list(): Promise<readonly KeptMedia[]>;
  /** Removes what is kept for purposes that are not granted any more; call it after `setConsent`. */
  sweep(): Promise<void>;
}

/** Options of {@link createMedia}. */
export interface MediaOptions {
  readonly client: Client;
  readonly ports: Pick<DevicePorts, "storage" | "text" | "digest" | "clock">;
  /** Most bytes that are kept in all: 64 MiB. */
  readonly maxBytes?: number;
}

interface MediaFile {
  readonly format: 1;
  readonly kept: readonly KeptMedia[];
}

const INDEX = "media-index.json";

/** RFC 6838, section 4.2, lower case and without parameters. */
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;

/**
 * Media by reference: bytes stay in the phone's storage under their SHA-256, an event carries the reference only.
 * Bytes are not uploaded yet. `eraseMe` removes them.
 *
 * @example
 * const media = createMedia({ client, ports });
 * const photo = await media.put(jpeg, { type: "image/jpeg", purpose: "improve" });
 * if (photo !== null) await client.track(meal, { photo: photo.sha256, bytes: photo.bytes, type: photo.type });
 */
export function createMedia({ client, ports, maxBytes = 64 * 1024 * 1024 }: MediaOptions): Media {
  const { storage, digest, clock } = ports;
  const serial = createSerial();
  const fileOf = (sha256: string): string => `media-${sha256}`;
  // Read anew each time: an erasure removes it from under this.
  const index = () => openStateFile<MediaFile>(ports, INDEX, { format: 1, kept: [] });
  const consented = (purpose: string): boolean => client.diagnostics().consent.includes(purpose);

  const isGenuine = async (bytes: Uint8Array | null, sha256: string): Promise<boolean> =>
    bytes !== null && toHex(await digest(bytes)) === sha256;

  const forget = async (isGone: (one: KeptMedia) => boolean): Promise<void> => {
    const file = await index();
    for (const { sha256 } of file.get().kept.filter(isGone)) await storage.remove(fileOf(sha256));
    await file.change((old) => ({ ...old, kept: old.kept.filter((one) => !isGone(one)) }));
  };

  return Object.freeze({
    put: (bytes: Uint8Array, { type, purpose }: { type: string; purpose: string }) =>
      serial(async () => {
        if (!TYPE.test(type)) fail("ARGUMENT_INVALID", "media", "type", type, "a media type");
        if (!Object.hasOwn(client.app.purposes, purpose))
          fail("ARGUMENT_INVALID", "media", "purpose", purpose);
        if (!consented(purpose)) return null;
        const sha256 = toHex(await digest(bytes));
        const file = await index();
        const { kept } = file.get();
        const old = kept.find((one) => one.sha256 === sha256);
        const used = kept.reduce((sum, one) => sum + one.bytes, 0);
        if (old === undefined && used + bytes.length > maxBytes) {
          fail("BUDGET_SPENT", "media", "bytes", bytes.length, `at most ${maxBytes - used} more`);
        }
        // The index first: what it does not know would stay for ever.
        const purposes = [...new Set([...(old?.purposes ?? []), purpose])];
        const one: KeptMedia = { sha256, bytes: bytes.length, type, time: clock(), ...old, purposes };
        await file.change(() => ({ format: 1, kept: [...kept.filter((other) => other !== old), one] }));
        if (!(await isGenuine(await storage.read(fileOf(sha256)), sha256))) {
          await storage.write(fileOf(sha256), bytes);
        }
        return { sha256, bytes: bytes.length, type: one.type };
      }),
    read: async (sha256: string) => {
      const bytes = await storage.read(fileOf(sha256));
      return (await isGenuine(bytes, sha256)) ? bytes : null;
    },
    remove: (sha256: string) => serial(() => forget((one) => one.sha256 === sha256)),
    list: async () => (await index()).get().kept,
    sweep: () => serial(() => forget(({ purposes }) => !purposes.some(consented))),
  });
}
