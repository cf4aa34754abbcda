import type { Client, DevicePorts, OpenRequest } from "@tideline/device";
import { hearRequest } from "./hear-request.ts";
import { openSlotClient, type WebClientOptions } from "./slot-client.ts";
import { exportSlot } from "./slot-copy.ts";
import { claimSlot, slotNumbers } from "./slot.ts";
import { tendSlot } from "./tend.ts";

/** A request of this page's install, and those of all other installs of the app in this browser. */
export interface BrowserRequest extends OpenRequest {
  readonly others: readonly OpenRequest[];
}

/** An erasure of everything of the app in this browser. */
export interface BrowserErasure extends BrowserRequest {
  /**
   * Slots of open pages that did not answer in time, because their browser has put them to sleep. They erase
   * themselves when they wake up, before they send anything; a page that is closed instead is erased by the next one.
   */
  readonly asleep: readonly number[];
}

/** A client in a browser: what a person decides in one page holds for every page of the app. */
export interface WebClient extends Client {
  readonly ports: DevicePorts;
  /**
   * As the client's; the others' copies stand beside it. `failed` is the copy of an install of which the server holds
   * nothing.
   */
  exportMe(): Promise<BrowserRequest>;
  /** As the client's, for every page of the app that is open in this browser and for what closed ones left. */
  eraseMe(): Promise<BrowserErasure>;
}

/** How long open pages have to erase themselves, milliseconds; one that is awake takes a few. */
const ANSWER_MS = 5000;

/**
 * Opens the client of a page. Pages that are open side by side have a slot each: databases, a queue and an install of
 * their own, so that they never write the same files. Consent is one for all of them: a change reaches every open page
 * at once, is looked at again before anything is sent, and empties the queues of closed pages, too. So do erasures;
 * one that is interrupted goes on when the next page opens. `close` gives the slot back.
 *
 * @throws `STORAGE_FAILED` without IndexedDB or Web Locks (a page that is served neither by https nor from localhost)
 * @example
 * const runtimes = [ortWebRuntime(ort, "wasm"), tableRuntime];
 * const server = { collect: "https://collect.gym.example", console: "https://console.gym.example", writeKey };
 * const client = await openWebClient({ app, ...server, user: null, models, ports: { runtimes } });
 */
export async function openWebClient(options: WebClientOptions): Promise<WebClient> {
  const { name } = options.app;
  const slot = await claimSlot(name);
  const own = await openSlotClient(options, slot, true).catch((error: unknown) => {
    slot.release();
    throw error;
  });
  const { client, ports, orders, bulletin } = own;
  let closed = false;
  let tending: Promise<readonly OpenRequest[]> | null = null;

  /** Carries out what was ordered of closed slots; the erasures among it. */
  const tend = (): Promise<readonly OpenRequest[]> =>
    (tending ??= (async () => {
      const erased: OpenRequest[] = [];
      for (const number of await orders.slots()) {
        if (closed) break;
        const tended = number === slot.number ? null : await tendSlot(options, number, false);
        if (tended?.erased) erased.push(tended.erased);
      }
      return erased;
    })().finally(() => (tending = null)));
  const report = (error: unknown): void =>
    ports.log?.({ level: "error", part: "slot", message: error instanceof Error ? error.message : "failed" });

  /** Copies that were asked for, by slot. */
  const asked = new Map<number, OpenRequest>();
  const ask = async (
    number: number,
    anew: () => Promise<OpenRequest | null>,
  ): Promise<OpenRequest | null> => {
    const before = asked.get(number);
    const request = (before && (await hearRequest(ports.network, before))) ?? (await anew());
    if (request !== null) asked.set(number, request);
    return request;
  };
  const otherSlots = async (): Promise<readonly number[]> =>
    (await slotNumbers(name)).filter((number) => number !== slot.number);
  /** Slots of other pages whose erasure is still due once they had time to answer. */
  const waitForPages = async (): Promise<readonly number[]> => {
    const start = performance.now();
    for (;;) {
      const asleep = await orders.slots("erase");
      if (asleep.length === 0 || performance.now() - start > ANSWER_MS) return asleep;
      await ports.timer.wait(50);
    }
  };

  // What was interrupted goes on; the page need not wait for it.
  void tend().catch(report);
  return Object.freeze({
    ...client,
    ports,
    setConsent: async (purposes: readonly string[]) => {
      await own.setConsent(purposes);
      await tend();
    },
    flush: async () => {
      const outcome = await client.flush();
      await tend().catch(report);
      return outcome;
    },
    exportMe: async () => {
      const own = await ask(slot.number, client.exportMe);
      const others: OpenRequest[] = [];
      for (const number of await otherSlots()) {
        const request = await ask(number, () => exportSlot(options, number));
        if (request !== null) others.push(request);
      }
      return { ...own!, others };
    },
    eraseMe: async () => {
      const others = new Map<string, OpenRequest>();
      const note = (request: OpenRequest): unknown => others.set(request.install, request);
      const stop = bulletin.hear((notice) => {
        if (notice.kind === "erased") note(notice.request);
      });
      asked.clear();
      try {
        const numbers = await otherSlots();
        // Whatever ends this page from here on, the next one finds what is left to do.
        const all = [slot.number, ...numbers];
        await orders.give("remove", all);
        await orders.give("erase", all);
        bulletin.post({ kind: "look" });
        const request = await own.erase();
        // One that is under way began before the orders.
        await tending?.catch(report);
        for (const erased of await tend()) note(erased);
        const asleep = await waitForPages();
        return { ...request, others: [...others.values()], asleep };
      } finally {
        stop();
      }
    },
    close: async () => {
      closed = true;
      await tending?.catch(report);
      await own.close();
      slot.release();
    },
  });
}
