import { signingKey, type SigningKey } from "../device-fixture.ts";

/** Keys of the scenarios, by name. `stranger` is in no root. */
export const KEYS = {
  root1: signingKey(11),
  root2: signingKey(12),
  root3: signingKey(13),
  release1: signingKey(21),
  release2: signingKey(22),
  stranger: signingKey(31),
} as const satisfies Record<string, SigningKey>;
export type KeyName = keyof typeof KEYS;

/** A root as a repository offers it, honest or not. */
export interface RootOffer {
  readonly version: number;
  readonly root: readonly KeyName[];
  readonly rootThreshold?: number;
  readonly release: readonly KeyName[];
  readonly releaseThreshold?: number;
  readonly signers: readonly KeyName[];
  /** Milliseconds since 1970; in a year by default. */
  readonly expires?: number;
}

/** What a repository offers to one look of a phone, told in terms that fit TUF and Tideline alike. */
export interface Offer {
  /** Roots after the pinned one. */
  readonly roots?: readonly RootOffer[];
  readonly version: number;
  /** Content of the model: a number. */
  readonly content: number;
  readonly signers?: readonly KeyName[];
  /** Milliseconds since 1970; in a month by default. */
  readonly expires?: number;
  /**
   * What the model's address answers instead of its bytes: those of another content, its own up to the middle and then
   * another's, bytes without an end, or its own until the connection breaks in the middle.
   */
  readonly artifact?: { readonly content: number } | { readonly endsAs: number } | "endless" | "cut";
  /** The manifest's address answers without an end. */
  readonly endlessManifest?: boolean;
  /** Nobody answers. */
  readonly offline?: boolean;
}

const DAY = 86_400_000;
export const inAYear = (): number => Date.now() + 365 * DAY;
export const inAMonth = (): number => Date.now() + 30 * DAY;

/** The root that every phone is born with. */
export const PINNED: RootOffer = { version: 1, root: ["root1"], release: ["release1"], signers: ["root1"] };

/** A client of one of the two systems on one phone; each look is a fresh start of the app on what the last one left. */
export interface Peer {
  /** Starts the app, asks for an update, and says which content answers then; null for none. */
  look(offer: Offer): Promise<number | null>;
}

/** A model's bytes up to the middle, and another's from there. */
export function mixed(bytes: Uint8Array, end: Uint8Array): Uint8Array {
  const middle = bytes.length >> 1;
  return Uint8Array.from([...bytes.subarray(0, middle), ...end.subarray(middle)]);
}
