import { SYNC_TAG } from "./page.ts";
import { sendAbandoned } from "./send-abandoned.ts";
import type { WebClientOptions } from "./slot-client.ts";

/** An event of a service worker whose work may outlive it. */
interface WorkerEvent extends Event {
  readonly tag?: string;
  waitUntil(work: Promise<unknown>): void;
}

/** What is used of a service worker's global scope. */
export interface ServiceWorkerScope {
  addEventListener(type: string, listener: (event: Event) => void): void;
}

/**
 * Makes a service worker send what closed pages left, as far as the person still consents, when the browser grants it
 * a (periodic) background sync. The worker of an app is a file of its own that calls this with the options of the
 * page's client; where there is no background sync (Firefox, Safari) the next page sends instead.
 *
 * @example
 * // service-worker.ts
 * sendInBackground(self as never, async () => ({ app, ...server, user: null }));
 */
export function sendInBackground(scope: ServiceWorkerScope, options: () => Promise<WebClientOptions>): void {
  const answer = (event: Event): void => {
    const { tag, waitUntil } = event as WorkerEvent;
    if (tag !== SYNC_TAG) return;
    const work = async (): Promise<void> => {
      const { pending } = await sendAbandoned(await options());
      // A rejection tells the browser to try again later.
      if (pending > 0) throw new Error(`${pending} events still wait`);
    };
    waitUntil.call(event, work());
  };
  scope.addEventListener("sync", answer);
  scope.addEventListener("periodicsync", answer);
}
