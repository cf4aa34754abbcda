import type { OpenRequest } from "@tideline/device";

/** What pages of one app tell each other. */
export type Notice =
  /** Consent or orders changed: look at them. */
  | { readonly kind: "look" }
  /** A page has erased its slot. */
  | { readonly kind: "erased"; readonly slot: number; readonly request: OpenRequest };

/** Where the pages of one app in this browser tell each other what changed; a page does not hear itself. */
export interface Bulletin {
  post(notice: Notice): void;
  /** Hears every notice until the returned function is called. */
  hear(listener: (notice: Notice) => void): () => void;
  close(): void;
}

/** Opens the bulletin of an app. Only pages of the same origin write here. */
export function openBulletin(app: string): Bulletin {
  const channel = new BroadcastChannel(`tideline-${app}`);
  return {
    post: (notice) => channel.postMessage(notice),
    hear: (listener) => {
      const take = ({ data }: MessageEvent<Notice>): void => listener(data);
      channel.addEventListener("message", take);
      return () => channel.removeEventListener("message", take);
    },
    close: () => channel.close(),
  };
}
