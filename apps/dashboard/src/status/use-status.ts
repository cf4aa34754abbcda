import type { LoopStatus } from "@tideline/spec";
import { useEffect, useState } from "react";
import { fetchStatus } from "./fetch-status.ts";
import { keepEqual } from "./keep-equal.ts";

/** Milliseconds between an answer and the next question. */
const EVERY = 1000;

/** The last picture of the loop, and whether it is still fresh. */
export interface StatusView {
  readonly connection: "loading" | "live" | "lost";
  /** The last status that came; kept while the server is gone. */
  readonly status: LoopStatus | null;
  /** Wall clock when it came, milliseconds since 1970. */
  readonly receivedAt: number | null;
  /** Why the connection is lost. */
  readonly reason: string | null;
}

/** Polls the status about once a second for as long as the component is shown. */
export function useStatus(): StatusView {
  const [view, setView] = useState<StatusView>({
    connection: "loading",
    status: null,
    receivedAt: null,
    reason: null,
  });
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const ask = async (): Promise<void> => {
      const answer = await fetchStatus(stop.signal);
      if (stop.signal.aborted) return;
      setView((before) => {
        if (answer.status === null) return { ...before, connection: "lost", reason: answer.reason };
        const status = keepEqual(before.status, answer.status);
        return { connection: "live", status, receivedAt: Date.now(), reason: null };
      });
      timer = window.setTimeout(() => void ask(), EVERY);
    };
    void ask();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, []);
  return view;
}
