import type { WebClientOptions } from "./slot-client.ts";
import { slotNumbers } from "./slot.ts";
import { tendSlot } from "./tend.ts";

/** What was sent, and what still waits in slots that no page holds. */
export interface SendAbandonedOutcome {
  readonly slots: number;
  readonly acknowledged: number;
  readonly pending: number;
}

/**
 * Sends what closed pages left behind, slot by slot, as far as the person still consents to it. For a page with time,
 * and for the service worker; the options are those of `openWebClient`.
 */
export async function sendAbandoned(options: WebClientOptions): Promise<SendAbandonedOutcome> {
  let [slots, acknowledged, pending] = [0, 0, 0];
  for (const number of await slotNumbers(options.app.name)) {
    const tended = await tendSlot(options, number, true);
    if (tended === null) continue;
    slots += 1;
    acknowledged += tended.acknowledged;
    pending += tended.pending;
  }
  return { slots, acknowledged, pending };
}
