import type { Conditions } from "@tideline/device";

/** What Chromium tells of the connection (Network Information API); other browsers tell nothing. */
interface Connection {
  readonly saveData?: boolean;
  readonly type?: string;
}

/** What Chromium tells of the battery; other browsers tell nothing. */
interface Battery {
  readonly charging: boolean;
}

function networkOf(): Conditions["network"] {
  if (!navigator.onLine) return "none";
  const { connection } = navigator as { readonly connection?: Connection };
  if (connection?.saveData === true || connection?.type === "cellular") return "metered";
  return connection?.type === "wifi" || connection?.type === "ethernet" ? "unmetered" : "unknown";
}

/** How the device stands, as far as this browser tells. `charging` is known a moment after the first call. */
export function watchConditions(): () => Conditions {
  let battery: Battery | null = null;
  const { getBattery } = navigator as { readonly getBattery?: () => Promise<Battery> };
  // A page without the right to ask simply does not know.
  void getBattery?.call(navigator).then(
    (found) => (battery = found),
    () => undefined,
  );
  return () => ({
    network: networkOf(),
    charging: battery?.charging ?? null,
    foreground: typeof document === "undefined" ? false : document.visibilityState === "visible",
  });
}

/** Whether the browser asks on the person's behalf that nothing be sold or shared (Global Privacy Control). */
export function optsOut(): boolean {
  return (navigator as { readonly globalPrivacyControl?: boolean }).globalPrivacyControl === true;
}
