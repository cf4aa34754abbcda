import type { LoopStatus } from "@tideline/spec";
import { formatDateTime } from "../format/time.ts";
import { formatFigure } from "../format/number.ts";
import type { StatusView } from "../status/use-status.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import "./masthead.css";

function LoopClock({ status }: { readonly status: LoopStatus }) {
  const { app, phase, now, speed } = status;
  return (
    <dl className="loop-clock">
      <div>
        <dt>App</dt>
        <dd>{app === "" ? "unnamed" : app}</dd>
      </div>
      <div>
        <dt>Phase</dt>
        <dd>{phase === "" ? "starting" : phase}</dd>
      </div>
      <div>
        <dt>Loop’s clock</dt>
        <dd>
          <time dateTime={new Date(now).toISOString()}>{formatDateTime(now)}</time>
          {speed === 1 ? null : <span className="quiet"> · {formatFigure(speed)} × wall time</span>}
        </dd>
      </div>
    </dl>
  );
}

/** The top of the page: whose loop this is, where it stands, and whether the picture is fresh. */
export function Masthead({ view }: { readonly view: StatusView }) {
  return (
    <header className="masthead">
      <div className="masthead-row">
        <h1>
          <img src="/icon.svg" width="30" height="30" alt="" />
          Tideline
        </h1>
        <ConnectionBadge view={view} />
      </div>
      {view.status === null ? null : <LoopClock status={view.status} />}
    </header>
  );
}
