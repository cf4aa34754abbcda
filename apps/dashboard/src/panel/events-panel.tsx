import type { LoopReport } from "@tideline/spec";
import { memo } from "react";
import { formatCount, formatPercent } from "../format/number.ts";
import { FigureList } from "../frame/figure-list.tsx";
import { Panel } from "../frame/panel.tsx";
import { Table } from "../frame/table.tsx";
import { AccountBar, FATES } from "./account-bar.tsx";

const MEANING = {
  stored: "rows in the lake",
  quarantined: "kept apart, with the reason",
  pending: "still on a phone",
  lost: "found nowhere",
} as const;

function balance(events: LoopReport["events"]): string {
  const sum = FATES.reduce((sum, fate) => sum + events[fate], 0);
  const difference = events.recorded - sum;
  return difference === 0
    ? `${formatCount(events.recorded)} recorded on phones, and every one is accounted for.`
    : `${formatCount(events.recorded)} recorded on phones, but ${formatCount(Math.abs(difference))} ${difference > 0 ? "are missing from" : "too many are in"} the account.`;
}

function Fate({ fate }: { readonly fate: (typeof FATES)[number] }) {
  return (
    <span className={`fate ${fate}`}>
      {fate} <span className="fate-meaning">{MEANING[fate]}</span>
    </span>
  );
}

function Account({ report }: { readonly report: LoopReport }) {
  const { events, quarantine } = report;
  const reasons = Object.entries(quarantine).sort((left, right) => right[1] - left[1]);
  return (
    <>
      <AccountBar events={events} />
      <p>{balance(events)}</p>
      <Table
        caption="What became of the recorded events"
        rows={FATES}
        rowKey={(fate) => fate}
        columns={[
          { title: "Fate", cell: (fate) => <Fate fate={fate} /> },
          { title: "Events", cell: (fate) => formatCount(events[fate]), numeric: true },
          {
            title: "Share",
            cell: (fate) => formatPercent(events.recorded === 0 ? 0 : events[fate] / events.recorded),
            numeric: true,
          },
        ]}
      />
      <FigureList
        figures={[
          { name: "Duplicates received", value: formatCount(events.duplicatesReceived) },
          { name: "Duplicates stored", value: formatCount(events.duplicatesStored) },
        ]}
      />
      {reasons.length === 0 ? null : (
        <Table
          caption="Reasons of the quarantine"
          rows={reasons}
          rowKey={([reason]) => reason}
          columns={[
            { title: "Quarantined because", cell: ([reason]) => reason, code: true },
            { title: "Events", cell: ([, count]) => formatCount(count), numeric: true },
          ]}
        />
      )}
    </>
  );
}

/** Properties of {@link EventsPanel}. */
export interface EventsPanelProps {
  readonly accepted: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly report: LoopReport | null;
}

/** What became of every event: what the server counted so far, then the account that closes with the phones' journals. */
export const EventsPanel = memo(function EventsPanel({
  accepted,
  quarantined,
  duplicates,
  report,
}: EventsPanelProps) {
  if (report !== null) {
    return (
      <Panel
        title="Events"
        note="Phones’ journals against lake and quarantine, matched by identity."
        columns={5}
      >
        <Account report={report} />
      </Panel>
    );
  }
  return (
    <Panel
      title="Events"
      note="As the server counts; the account with the phones’ journals comes with the report."
      columns={5}
    >
      <FigureList
        figures={[
          { name: "Accepted", value: formatCount(accepted) },
          {
            name: "Quarantined",
            value: formatCount(quarantined),
            ...(quarantined > 0 ? { tone: "warn" } : {}),
          },
          { name: "Duplicates dropped", value: formatCount(duplicates) },
        ]}
      />
    </Panel>
  );
});
