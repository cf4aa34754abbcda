import { BATCH_TYPE } from "@tideline/spec";
import {
  createClient,
  type Client,
  type ClientOptions,
  type DevicePorts,
  type Network,
  type OpenRequest,
} from "@tideline/device";
import { openBulletin, type Bulletin } from "./bulletin.ts";
import { openOrders, type Orders } from "./order.ts";
import { shareConsent } from "./shared-consent.ts";
import { slotNumbers, type Slot } from "./slot.ts";
import { createTurn } from "./turn.ts";
import { openShared, openSlotPorts, type PortChoice } from "./web-ports.ts";

/** Options of a client in a browser. */
export interface WebClientOptions extends Omit<ClientOptions, "ports"> {
  /** Ports instead of the browser's, such as runtimes and a log. */
  readonly ports?: PortChoice;
  /** Called after an erasure, or the consent of another page, was carried out here, so that the page shows it. */
  readonly onFollow?: () => void;
}

/** The client of one slot. It obeys what was decided in other pages when it opens, when it hears, before it sends. */
export interface SlotClient {
  readonly client: Client;
  readonly ports: DevicePorts;
  readonly orders: Orders;
  readonly bulletin: Bulletin;
  setConsent(purposes: readonly string[]): Promise<void>;
  /** Erases the slot's install, unless that was done since the order was given; the request of the last erasure. */
  erase(): Promise<OpenRequest>;
  /** The last erasure since the start. */
  erased(): OpenRequest | null;
  /** Ends it and closes the slot's databases, and orders once `last` is done; the slot stays held. */
  close(last?: () => Promise<void>): Promise<void>;
}

/**
 * Opens the client of a slot that the caller holds. When it resolves, what was ordered of the slot is carried out.
 *
 * @param isPage whether the slot is taken for use; else it is opened to be tended and may be removed afterwards.
 */
export async function openSlotClient(
  options: WebClientOptions,
  slot: Slot,
  isPage: boolean,
): Promise<SlotClient> {
  const { app, ports: choice = {}, onFollow, ...rest } = options;
  const { number } = slot;
  const shared = await openShared(app.name);
  const orders = openOrders(shared);
  const bulletin = openBulletin(app.name);
  const turn = createTurn();
  /** Rises with everything that may make a batch that is about to be sent one that must not be. */
  let decisions = 0;
  let ownChanges = 0;
  let lastErasure: OpenRequest | null = null;
  let client: Client | null = null;

  const consent = shareConsent(shared, Object.keys(app.purposes), {
    withdrawing: async () => {
      const others = (await slotNumbers(app.name)).filter((other) => other !== number);
      await orders.give("purge", others);
    },
    written: () => bulletin.post({ kind: "look" }),
  });

  const carryOut = async (on: Client): Promise<void> => {
    const before = decisions;
    if (await orders.has("erase", number)) {
      decisions += 1;
      lastErasure = await on.eraseMe();
      // Told before it is settled, so that whoever waits for that has heard it.
      bulletin.post({ kind: "erased", slot: number, request: lastErasure });
      await orders.settle("erase", number);
    }
    await consent.follow(async (purposes) => {
      // What was decided in this page is being written, and is newer.
      if (ownChanges > 0) return false;
      decisions += 1;
      await on.setConsent(purposes);
      return true;
    });
    // Opening a client, and following, removes what waits of other purposes.
    await orders.settle("purge", number);
    if (decisions !== before) onFollow?.();
  };
  /** Carries out what other pages decided. */
  const obey = (): Promise<void> => turn(async () => client && carryOut(client)) as Promise<void>;

  /** Events leave this page only after a look at what other pages decided; nothing was decided meanwhile. */
  const guard = (network: Network): Network => ({
    request: async (request) => {
      if (request.headers["content-type"] !== BATCH_TYPE) return network.request(request);
      const before = decisions;
      await obey();
      if (decisions !== before) throw new Error("what was about to be sent was withdrawn");
      return network.request(request);
    },
  });

  const slotPorts = await openSlotPorts(slot, choice, { consent, guard });
  const { ports } = slotPorts;
  const stop = bulletin.hear(({ kind }) => {
    // What failed here is tried again before the next sending.
    if (kind === "look") void obey().catch(() => undefined);
  });
  const close = async (last?: () => Promise<void>): Promise<void> => {
    stop();
    slotPorts.close();
    await last?.();
    bulletin.close();
    shared.close();
  };
  try {
    if (isPage) await orders.settle("remove", number);
    client = await createClient({ ...rest, app, ports });
    await obey();
  } catch (error) {
    await close();
    throw error;
  }
  const opened = client;
  return {
    client: opened,
    ports,
    orders,
    bulletin,
    setConsent: async (purposes) => {
      decisions += 1;
      ownChanges += 1;
      try {
        await opened.setConsent(purposes);
      } finally {
        ownChanges -= 1;
      }
      await obey();
    },
    erase: async () => {
      await obey();
      return lastErasure!;
    },
    erased: () => lastErasure,
    close: async (last) => {
      await turn(async () => opened.close());
      await close(last);
    },
  };
}
