import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { CHROMIUM_ARGS, chromiumPath } from "../../scripts/chromium.ts";

/** A Chromium of its own process group on a profile that outlives it. */
export interface OwnBrowser {
  readonly browser: Browser;
  readonly page: Page;
  /** Kills every process of it at once, as a phone that lost its power; resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it in peace, so that everything is on disk. */
  close(): Promise<void>;
}

/** Address of the DevTools of a browser that starts. */
async function devTools(child: ChildProcess): Promise<string> {
  let said = "";
  for await (const part of child.stderr!) {
    said += String(part);
    const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`Chromium ended: ${said.slice(-400)}`);
}

/** Flags that give Chromium a WebGPU adapter in software, on a machine without a GPU. */
export const SOFTWARE_GPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

/** Starts Chromium on a profile folder; `--disable-gpu` is left out where flags are given. */
export async function startBrowser(profile: string, flags: readonly string[] = []): Promise<OwnBrowser> {
  mkdirSync(profile, { recursive: true });
  // What a killed browser left to say that it runs.
  for (const name of ["SingletonLock", "SingletonSocket", "SingletonCookie"]) {
    rmSync(join(profile, name), { force: true });
  }
  const child = spawn(
    chromiumPath()!,
    [
      ...CHROMIUM_ARGS.filter((flag) => flags.length === 0 || flag !== "--disable-gpu"),
      ...flags,
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    { detached: true, stdio: ["ignore", "ignore", "pipe"] },
  );
  const exit = once(child, "exit");
  const browser = await chromium.connectOverCDP(await devTools(child));
  child.stderr!.resume();
  const [context] = browser.contexts();
  const page = context!.pages()[0] ?? (await context!.newPage());
  return {
    browser,
    page,
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, "SIGKILL");
      await exit;
    },
    close: async () => {
      const session = await browser.newBrowserCDPSession();
      await session.send("Browser.close").catch(() => undefined);
      await exit;
    },
  };
}
