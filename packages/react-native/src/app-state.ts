import type { Client } from "@tideline/device";

/** Ends a subscription. */
export interface Subscription {
  remove(): void;
}

/** The part of React Native's `AppState` that the adapters use. */
export interface AppState {
  readonly currentState: string | null | undefined;
  addEventListener(type: "change", listener: (state: string) => void): Subscription;
}

/** Options of {@link followAppState}. */
export interface FollowOptions {
  readonly client: Pick<Client, "flush" | "update">;
  readonly appState: AppState;
  /** Names of the models to keep up to date; the app's first one where it is not given. */
  readonly models?: readonly string[];
}

/**
 * Sends what waits when the app goes to the background or comes back, and asks for newer releases when it comes back.
 * Both tell their failures by their outcome and in the diagnostics; one round at a time.
 *
 * @example const following = followAppState({ client, appState: AppState });
 */
export function followAppState({ client, appState, models }: FollowOptions): Subscription {
  let busy: Promise<unknown> | null = null;
  const round = async (foreground: boolean): Promise<void> => {
    await client.flush();
    if (!foreground) return;
    for (const model of models ?? [undefined]) await client.update(model);
  };
  return appState.addEventListener("change", (state) => {
    // iOS passes through "inactive" on the way in and out.
    if (busy !== null || (state !== "active" && state !== "background")) return;
    busy = round(state === "active")
      .catch(() => undefined)
      .finally(() => {
        busy = null;
      });
  });
}
