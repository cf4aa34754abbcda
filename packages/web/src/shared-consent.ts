import type { Storage } from "@tideline/device";

/** The consent's file: all pages of an app have the same one. */
export const CONSENT_FILE = "consent.json";

/** The consent of a browser, as the client of one page reads and writes it. */
export interface SharedConsent {
  read(): Promise<Uint8Array | null>;
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Hands the purposes to `apply` if another page wrote others than this page's client knows. `apply` answers false
   * where it did not take them.
   */
  follow(apply: (purposes: readonly string[]) => Promise<boolean>): Promise<void>;
}

/** What {@link shareConsent} tells. */
export interface ConsentEvents {
  /** Some purpose is about to be withdrawn; the file is written once it resolves. */
  readonly withdrawing: () => Promise<void>;
  /** The file was written. */
  readonly written: () => void;
}

const purposesOf = (bytes: Uint8Array | null): readonly string[] => {
  if (bytes === null) return [];
  try {
    const { purposes } = JSON.parse(new TextDecoder().decode(bytes)) as { purposes?: unknown };
    return Array.isArray(purposes) ? purposes.filter((one) => typeof one === "string").sort() : [];
  } catch {
    // Whatever a damaged file said, nobody is asked to believe that it granted something.
    return [];
  }
};

/** Opens the consent over the storage that all pages share. `known` are the purposes that this page's app declares. */
export function shareConsent(
  shared: Storage,
  known: readonly string[],
  events: ConsentEvents,
): SharedConsent {
  const keyOf = (purposes: readonly string[]): string =>
    purposes.filter((purpose) => known.includes(purpose)).join("\n");
  /** What this page's client goes by. */
  let seen = "";
  /** What it is told to go by at this moment: that it writes the same again must not undo what came after. */
  let followed: string | null = null;
  return {
    read: async () => {
      const bytes = await shared.read(CONSENT_FILE);
      seen = keyOf(purposesOf(bytes));
      return bytes;
    },
    write: async (bytes) => {
      const purposes = purposesOf(bytes);
      seen = keyOf(purposes);
      if (seen === followed) return;
      const before = purposesOf(await shared.read(CONSENT_FILE));
      if (before.some((purpose) => !purposes.includes(purpose))) await events.withdrawing();
      await shared.write(CONSENT_FILE, bytes);
      events.written();
    },
    follow: async (apply) => {
      const purposes = purposesOf(await shared.read(CONSENT_FILE));
      const key = keyOf(purposes);
      if (key === seen) return;
      followed = key;
      try {
        if (await apply(purposes.filter((purpose) => known.includes(purpose)))) seen = key;
      } finally {
        followed = null;
      }
    },
  };
}
