import type { OpenRequest } from "@tideline/device";
import { openSlotClient, type WebClientOptions } from "./slot-client.ts";
import { claim, removeSlot } from "./slot.ts";

/** Names of a person's photos and recordings on storage begin so. */
const MEDIA = "media-";

/** What came of a look after a closed slot. */
export interface Tended {
  readonly acknowledged: number;
  readonly pending: number;
  /** The erasure, where one was ordered. */
  readonly erased: OpenRequest | null;
}

/**
 * Looks after a slot that no page holds: opening it carries out what was ordered of it and removes what waits of
 * purposes that are not granted. A slot that is to be removed is, once the server has done what it was told of it; not
 * where its page was open and went on after its erasure: there is a new install then, which must stay to be erased.
 *
 * @param send whether what waits is sent, too.
 * @returns null where a page holds the slot.
 */
export async function tendSlot(
  options: WebClientOptions,
  number: number,
  send: boolean,
): Promise<Tended | null> {
  const slot = await claim(options.app.name, number);
  if (slot === null) return null;
  try {
    // Nothing is predicted here.
    const { models: _models, onFollow: _onFollow, ...rest } = options;
    const { client, ports, orders, erased, close } = await openSlotClient(rest, slot, false);
    let last: (() => Promise<void>) | undefined;
    try {
      const goes = await orders.has("remove", number);
      const { acknowledged } = send || goes ? await client.flush() : { acknowledged: 0 };
      const { requests, events } = client.diagnostics();
      if (goes && requests.every(({ state }) => state === "done")) {
        const isEmpty = events.recorded === 0 && (await ports.storage.list(MEDIA)).length === 0;
        last = async () => {
          if (isEmpty) await removeSlot(slot);
          // An erasure that was ordered since removes it after all.
          else if (await orders.has("erase", number)) return;
          await orders.settle("remove", number);
        };
      }
      return { acknowledged, pending: events.pending, erased: erased() };
    } finally {
      await close(last);
    }
  } finally {
    slot.release();
  }
}
