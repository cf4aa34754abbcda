import type { Client, DevicePorts } from "@tideline/device";
import { abandonedSlots } from "./slot.ts";
import { openWebPorts } from "./web-ports.ts";

/** What {@link sendAbandoned} needs. */
export interface SendAbandonedOptions {
  /** Name of the app, as in {@link openWebPorts}. */
  readonly app: string;
  /** Opens the client as the page does, on the ports that it is given. */
  readonly open: (ports: DevicePorts) => Promise<Client>;
}

/** What was sent, and what still waits in slots that no page holds. */
export interface SendAbandonedOutcome {
  readonly slots: number;
  readonly acknowledged: number;
  readonly pending: number;
}

/** Sends what closed pages left behind, slot by slot. For a page with time, and for the service worker. */
export async function sendAbandoned({ app, open }: SendAbandonedOptions): Promise<SendAbandonedOutcome> {
  let [slots, acknowledged, pending] = [0, 0, 0];
  for await (const slot of abandonedSlots(app)) {
    const web = await openWebPorts({ app, slot });
    try {
      const client = await open(web.ports);
      const outcome = await client.flush();
      await client.close();
      slots += 1;
      acknowledged += outcome.acknowledged;
      pending += outcome.pending;
    } finally {
      web.close();
    }
  }
  return { slots, acknowledged, pending };
}
