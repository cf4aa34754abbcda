import type { Client } from "@tideline/device";

/** Tag of the background sync that the service worker answers. */
export const SYNC_TAG = "tideline-send";

/** Where background sync exists (Chromium), the browser wakes the service worker once there is a network. */
async function askForSync(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const { sync } = (registration ?? {}) as { readonly sync?: { register(tag: string): Promise<void> } };
  await sync?.register(SYNC_TAG);
}

/**
 * Sends when the page is hidden, which is the last moment that a phone's browser promises, and when the network comes
 * back; asks for a background sync for what cannot be sent then. Returns how to stop.
 */
export function sendWhenLeaving(client: Pick<Client, "flush" | "diagnostics">): () => void {
  const send = async (): Promise<void> => {
    const { pending } = await client.flush();
    // A browser may refuse a sync; what waits is sent by the next page then.
    if (pending > 0) await askForSync().catch(() => undefined);
  };
  const whenHidden = (): void => {
    if (document.visibilityState === "hidden") void send();
  };
  const whenOnline = (): void => void send();
  document.addEventListener("visibilitychange", whenHidden);
  window.addEventListener("online", whenOnline);
  return () => {
    document.removeEventListener("visibilitychange", whenHidden);
    window.removeEventListener("online", whenOnline);
  };
}
