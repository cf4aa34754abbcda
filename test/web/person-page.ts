import { openWebClient, sendAbandoned, type WebClient, type WebClientOptions } from "@tideline/web";
import { app } from "../subject/canary-app.ts";
import { scanBrowser } from "./scan-browser.ts";

/** What a page with a person before it does for a test. */
export interface PersonPage {
  /** Opens the page's client; its server is told by {@link PersonServer}. */
  open(server: PersonServer): Promise<void>;
  /** Records an event with some text; whether it was recorded. */
  note(text: string): Promise<boolean>;
  readonly client: () => WebClient;
  /** How often the client told the page that something was decided elsewhere. */
  followed(): number;
  sendAbandoned(): Promise<{ readonly slots: number; readonly pending: number }>;
  /** Opens and closes a client so often, recording and sending each time; bytes that the browser holds after each. */
  reopen(server: PersonServer, times: number): Promise<readonly number[]>;
  scan(needle: string): Promise<readonly string[]>;
  databases(): Promise<readonly string[]>;
}

/** Where the page sends. */
export interface PersonServer {
  readonly collect: string;
  readonly console: string;
  readonly writeKey: string;
}

const FIELDS = { code: "c", amount: 1, ratio: 1, flag: true, at: 1, spot: [1, 2, 3] };
let followed = 0;
let client: WebClient | null = null;
let options: WebClientOptions | null = null;

const optionsOf = ({ collect, console, writeKey }: PersonServer): WebClientOptions => ({
  app,
  collect,
  console,
  writeKey,
  user: "canary-user",
  limits: { attempts: 2, backoffMs: 10 },
  onFollow: () => (followed += 1),
});
const opened = (): WebClient => client!;

/** Bytes of everything in the databases. */
async function held(): Promise<number> {
  let bytes = 0;
  for (const { name = "" } of await indexedDB.databases()) {
    const request = indexedDB.open(name);
    await new Promise((resolve) => request.addEventListener("success", resolve));
    const all = request.result.transaction("part").objectStore("part").getAll();
    await new Promise((resolve) => all.addEventListener("success", resolve));
    bytes += (all.result as Uint8Array[]).reduce((sum, part) => sum + part.length, 0);
    request.result.close();
  }
  return bytes;
}

const person: PersonPage = {
  open: async (server) => {
    options = optionsOf(server);
    client = await openWebClient(options);
  },
  note: async (text) => (await opened().track(app.events["note"]!, { ...FIELDS, text } as never)) !== null,
  client: opened,
  followed: () => followed,
  sendAbandoned: () => sendAbandoned(options!),
  reopen: async (server, times) => {
    const sizes: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const again = await openWebClient(optionsOf(server));
      if (time === 0) await again.setConsent(["research"]);
      await again.track(app.events["note"]!, { ...FIELDS, text: "again" } as never);
      await again.flush();
      await again.close();
      sizes.push(await held());
    }
    return sizes;
  },
  scan: scanBrowser,
  databases: async () => (await indexedDB.databases()).map(({ name }) => name!).sort(),
};

Object.assign(globalThis, { person });
