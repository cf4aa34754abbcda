import { formatTime } from "../format/time.ts";
import type { StatusView } from "../status/use-status.ts";
import "./connection-badge.css";

function wording({ connection, receivedAt, reason }: StatusView): string {
  if (connection === "loading") return "Connecting";
  if (connection === "live") return "Live";
  const since = receivedAt === null ? "" : ` This picture is of ${formatTime(receivedAt)}.`;
  return `Not connected, retrying: ${reason ?? "no answer"}.${since}`;
}

/** Says whether the picture is fresh; a change is announced politely. */
export function ConnectionBadge({ view }: { readonly view: StatusView }) {
  return (
    <p className={`connection ${view.connection}`} role="status">
      <span className="connection-mark" aria-hidden="true" />
      {wording(view)}
    </p>
  );
}
