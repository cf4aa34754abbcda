import type { Storage } from "@tideline/device";

/**
 * What a slot has still to do because of something that a person decided in another page. `erase`: everything of its
 * install goes. `purge`: what waits of purposes that were withdrawn goes. `remove`: its databases go, unless a page
 * takes the slot again, once the server has done what it was told of it.
 */
export type OrderKind = "erase" | "purge" | "remove";

const KINDS: readonly OrderKind[] = ["erase", "purge", "remove"];

/** Orders to the slots of an app, durable until they are carried out. */
export interface Orders {
  /** Gives an order to some slots; durable when it resolves. */
  give(kind: OrderKind, slots: readonly number[]): Promise<void>;
  /** Whether a slot has an order that is not carried out. */
  has(kind: OrderKind, slot: number): Promise<boolean>;
  /** Notes that an order is carried out; one that was not given is no error. */
  settle(kind: OrderKind, slot: number): Promise<void>;
  /** Slots with an order of the kind, or of any kind, that is not carried out; rising. */
  slots(kind?: OrderKind): Promise<readonly number[]>;
}

/**
 * Orders in the storage that all pages of an app share. Each is a file of its own, so that pages that write at the same
 * time take nothing from each other.
 */
export function openOrders(shared: Storage): Orders {
  const fileOf = (kind: OrderKind, slot: number): string => `${kind}-${slot}`;
  return {
    give: async (kind, slots) => {
      await Promise.all(slots.map((slot) => shared.write(fileOf(kind, slot), Uint8Array.of(1))));
    },
    has: async (kind, slot) => (await shared.read(fileOf(kind, slot))) !== null,
    settle: (kind, slot) => shared.remove(fileOf(kind, slot)),
    slots: async (kind) => {
      const files = await Promise.all((kind ? [kind] : KINDS).map((one) => shared.list(`${one}-`)));
      const numbers = files.flat().map((file) => Number(file.slice(file.indexOf("-") + 1)));
      return [...new Set(numbers.filter(Number.isSafeInteger))].sort((a, b) => a - b);
    },
  };
}
