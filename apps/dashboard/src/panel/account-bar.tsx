import type { EventCounts } from "@tideline/spec";
import "./account-bar.css";

/** What can become of a recorded event, in the order of the bar. */
export const FATES = ["stored", "quarantined", "pending", "lost"] as const;

/** The recorded events as one bar, divided by what became of them; the table beside it says the same. */
export function AccountBar({ events }: { readonly events: EventCounts }) {
  return (
    <div className="account-bar" aria-hidden="true">
      {FATES.filter((fate) => events[fate] > 0).map((fate) => (
        <span key={fate} className={fate} style={{ flexGrow: events[fate] }} />
      ))}
    </div>
  );
}
