import type { Conditions } from "@tideline/device";
import type { AppState, Subscription } from "../app-state.ts";

/** A network's state as `expo-network` tells it. */
export interface ExpoNetworkState {
  readonly type?: string;
  readonly isConnected?: boolean;
  readonly isInternetReachable?: boolean;
}

/** The part of the module `expo-network` that the adapter uses. */
export interface ExpoNetwork {
  getNetworkStateAsync(): Promise<ExpoNetworkState>;
  addNetworkStateListener(listener: (state: ExpoNetworkState) => void): Subscription;
}

/** The part of the module `expo-battery` that the adapter uses. */
export interface ExpoBattery {
  getBatteryStateAsync(): Promise<number>;
  addBatteryStateListener(listener: (event: { readonly batteryState: number }) => void): Subscription;
}

/** What {@link watchConditions} may watch; what is left out is unknown. */
export interface ConditionSources {
  readonly network?: ExpoNetwork | undefined;
  readonly battery?: ExpoBattery | undefined;
  readonly appState?: AppState | undefined;
}

/** Conditions that follow the platform's events. */
export interface WatchedConditions {
  readonly conditions: () => Conditions;
  /** Ends the subscriptions. */
  close(): void;
}

/**
 * Types of `NetworkStateType` by what they cost. A VPN or Bluetooth may go over anything. Expo does not tell whether a
 * Wi-Fi is a phone's hotspot.
 */
const COST: Readonly<Record<string, Conditions["network"]>> = {
  NONE: "none",
  CELLULAR: "metered",
  WIMAX: "metered",
  WIFI: "unmetered",
  ETHERNET: "unmetered",
};

/** `BatteryState`: 2 charging, 3 full; 1 unplugged, 4 not charging; 0 unknown. */
const CHARGING: Readonly<Record<number, boolean>> = { 1: false, 2: true, 3: true, 4: false };

const networkOf = ({ type, isConnected, isInternetReachable }: ExpoNetworkState): Conditions["network"] =>
  isConnected === false || isInternetReachable === false ? "none" : (COST[type ?? ""] ?? "unknown");

/**
 * How the phone stands, from Expo's network and battery and React Native's `AppState`: asked once, then by their
 * events. A module that fails leaves its part unknown.
 */
export async function watchConditions({
  network,
  battery,
  appState,
}: ConditionSources): Promise<WatchedConditions> {
  let state: Conditions = {
    network: "unknown",
    charging: null,
    foreground: appState === undefined || appState.currentState === "active",
  };
  const change = (part: Partial<Conditions>): void => {
    state = Object.freeze({ ...state, ...part });
  };
  const watched = [
    network?.addNetworkStateListener((next) => change({ network: networkOf(next) })),
    battery?.addBatteryStateListener(({ batteryState }) =>
      change({ charging: CHARGING[batteryState] ?? null }),
    ),
    appState?.addEventListener("change", (next) => change({ foreground: next === "active" })),
  ];
  const unknown = (): undefined => undefined;
  const [first, charge] = await Promise.all([
    network?.getNetworkStateAsync().catch(unknown),
    battery?.getBatteryStateAsync().catch(unknown),
  ]);
  // An event that came in the meantime is newer than the answer.
  if (first !== undefined && state.network === "unknown") change({ network: networkOf(first) });
  if (charge !== undefined && state.charging === null) change({ charging: CHARGING[charge] ?? null });
  return Object.freeze({
    conditions: () => state,
    close: () => {
      for (const subscription of watched) subscription?.remove();
    },
  });
}
