import type { LoopStatus } from "@tideline/spec";
import { memo } from "react";
import { RateChart } from "../chart/rate-chart.tsx";
import { NothingYet } from "../frame/nothing-yet.tsx";
import { Panel } from "../frame/panel.tsx";

/** How fast events and samples come in, by the wall clock. */
export const RatePanel = memo(function RatePanel({ rate }: { readonly rate: LoopStatus["ingest"]["rate"] }) {
  return (
    <Panel title="Arrivals" note="Accepted by the server in each wall second." columns={7}>
      {rate.length === 0 ? (
        <NothingYet sentence="Waiting for the first batch of a phone." />
      ) : (
        <>
          <RateChart rate={rate} field="events" color="var(--tide)" />
          <RateChart rate={rate} field="samples" color="var(--deep)" />
        </>
      )}
    </Panel>
  );
});
