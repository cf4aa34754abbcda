import { Masthead } from "./frame/masthead.tsx";
import { NothingYet } from "./frame/nothing-yet.tsx";
import { LoopPage } from "./loop-page.tsx";
import { useStatus } from "./status/use-status.ts";

/** The whole page: it asks for the status once a second and keeps the last picture while the server is gone. */
export function App() {
  const view = useStatus();
  const waiting =
    view.connection === "lost"
      ? "The loop appears here as soon as the server answers."
      : "Asking the server how the loop stands.";
  return (
    <div className="page">
      <Masthead view={view} />
      <main aria-busy={view.connection === "loading"}>
        {view.status === null ? <NothingYet sentence={waiting} /> : <LoopPage status={view.status} />}
      </main>
    </div>
  );
}
