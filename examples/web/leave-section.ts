import type { OpenRequest } from "@tideline/device";
import type { WebClient } from "@tideline/web";
import { element, onClick, show } from "./element.ts";

/** How often, and how many times, the server is asked whether a copy is ready. */
const LOOK = { everyMs: 1500, times: 20 };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A link by which a copy is kept as a file. */
async function linkTo({ url, headers, install }: OpenRequest): Promise<HTMLLIElement> {
  const response = await fetch(`${url}/export`, { headers });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  const bytes = await response.blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(bytes);
  link.download = `${install}.ndjson`;
  link.textContent = `Save ${link.download.slice(0, 8)}….ndjson (${bytes.size} bytes)`;
  const item = document.createElement("li");
  item.append(link);
  return item;
}

/** Waits for the copies and offers them as files. */
async function offerCopies(client: WebClient): Promise<void> {
  const list = element("copies");
  list.replaceChildren();
  for (let look = 0; look < LOOK.times; look += 1) {
    const { others, ...own } = await client.exportMe();
    const all = [own, ...others];
    if (all.every(({ state }) => state === "done" || state === "failed")) {
      const held = all.filter(({ state }) => state === "done");
      for (const request of held) list.append(await linkTo(request));
      list.hidden = held.length === 0;
      show("left", held.length === 0 ? "The server holds nothing of you." : "Your copy is ready:");
      return;
    }
    show("left", "The server is putting your copy together.");
    await pause(LOOK.everyMs);
  }
  show("left", "It takes longer than usual. Ask again in a while.");
}

/** Resolves once the person has decided; true to go on. */
function ask(): Promise<boolean> {
  const dialog = element<HTMLDialogElement>("sure");
  dialog.returnValue = "keep";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "erase"), { once: true });
  });
}

/** Lets a person see what is held of them, and take it all back; then `forget` is called. */
export function offerLeaving(client: WebClient, forget: () => void): void {
  onClick("export", () => offerCopies(client));
  onClick("erase", async () => {
    if (!(await ask())) return;
    element("copies").replaceChildren();
    show("left", "Erasing.");
    forget();
    // Erasing alone would begin anew: nothing is to be recorded from here on.
    await client.setConsent([]);
    const { others, asleep, ...own } = await client.eraseMe();
    const untold = [own, ...others].filter(({ state }) => state === "pending").length;
    const later = asleep.length > 0 ? " Pages that are asleep follow when they wake up." : "";
    show(
      "left",
      `Erased in this browser. ${untold > 0 ? "The server is told once it can be reached." : "The server is erasing, too."}${later}`,
    );
  });
}
