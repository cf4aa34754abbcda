import { createModels } from "@tideline/device";
import type { AppDefinition, RootMetadata } from "@tideline/spec";
import { optsOut, type WebClientOptions } from "@tideline/web";

/** What the page is told about its server. */
export interface PageConfig {
  /** Where events go. */
  readonly collect: string;
  /** Where releases come from. */
  readonly console: string;
  readonly writeKey: string;
  /** The root of trust; an app that is built for people carries it in its code. */
  readonly root: RootMetadata;
}

/** The configuration, from the server of this page. */
export async function readConfig(): Promise<PageConfig> {
  const response = await fetch("config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return (await response.json()) as PageConfig;
}

/** What the page's client and its service worker are opened with. */
export function clientOptions(app: AppDefinition, config: PageConfig): WebClientOptions {
  const { collect, console, writeKey, root } = config;
  return {
    app,
    collect,
    console,
    writeKey,
    user: null,
    models: createModels({
      root,
      channel: "stable",
      // A folder of `tideline start` has development keys, and says so in its root.
      environment: root.development ? "development" : "production",
    }),
    // A browser that asks for it on the person's behalf is heard.
    restrict: { optOut: optsOut() },
  };
}
