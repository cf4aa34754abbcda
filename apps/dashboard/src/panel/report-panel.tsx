import type { LoopReport, ReleaseReport } from "@tideline/spec";
import { memo } from "react";
import {
  formatBytes,
  formatCount,
  formatDifference,
  formatPercent,
  shortId,
  UNKNOWN,
} from "../format/number.ts";
import { formatDuration } from "../format/time.ts";
import { FigureList } from "../frame/figure-list.tsx";
import { NothingYet } from "../frame/nothing-yet.tsx";
import { Panel } from "../frame/panel.tsx";
import { type Column, Table } from "../frame/table.tsx";
import "./report-panel.css";

const columns: readonly Column<ReleaseReport>[] = [
  { title: "Measured by phones", cell: (release) => `Release ${release.version}` },
  { title: "Id", cell: (release) => <span title={release.id}>{shortId(release.id)}</span>, code: true },
  { title: "Accuracy", cell: (release) => formatPercent(release.accuracy), numeric: true },
  {
    title: "Macro F1",
    cell: (release) => (release.macroF1 === null ? UNKNOWN : release.macroF1.toFixed(3)),
    numeric: true,
  },
  { title: "People", cell: (release) => formatCount(release.people), numeric: true },
  { title: "Predictions", cell: (release) => formatCount(release.predictions), numeric: true },
  { title: "Size", cell: (release) => formatBytes(release.bytes), numeric: true },
  { title: "Parity", cell: (release) => formatDifference(release.parity), numeric: true },
  {
    title: "95 % within",
    cell: (release) => (release.p95Ms === null ? UNKNOWN : `${release.p95Ms.toFixed(1)} ms`),
    numeric: true,
  },
];

function Facts({ report }: { readonly report: LoopReport }) {
  const { phones, predictions, skew, labels } = report;
  return (
    <FigureList
      figures={[
        {
          name: "Took",
          value: formatDuration(report.seconds * 1000),
          note: `${formatCount(report.peakMb)} MB at most`,
        },
        {
          name: "Phones",
          value: formatCount(phones.count),
          note: `${formatCount(phones.killed)} killed, ${formatCount(phones.outages)} outages, ${formatCount(phones.retries)} retries`,
        },
        {
          name: "Predicted on the phone",
          value: formatCount(predictions.device),
          note: `${formatCount(predictions.endpoint)} by the endpoint, ${formatCount(predictions.rule)} by the rule`,
        },
        {
          name: "Labels known",
          value: formatPercent(labels.coverage),
          note: `median delay ${formatDuration(labels.medianDelay)}`,
        },
        {
          name: "Skew",
          value: formatDifference(skew.maxDifference),
          note: `at most, over ${formatCount(skew.compared)} recomputed`,
        },
      ]}
    />
  );
}

/** The report of the finished turn. */
export const ReportPanel = memo(function ReportPanel({ report }: { readonly report: LoopReport | null }) {
  if (report === null) {
    return (
      <Panel title="Report">
        <NothingYet sentence="The report is written when the loop has turned once." />
      </Panel>
    );
  }
  return (
    <Panel
      title="Report"
      note={report.source === "" ? undefined : `Of one turn of the loop over: ${report.source}.`}
    >
      <Facts report={report} />
      {report.releases.length === 0 ? null : (
        <Table
          caption="Releases as phones measured them"
          columns={columns}
          rows={report.releases}
          rowKey={(release) => release.id}
        />
      )}
      {report.notes.length === 0 ? null : (
        <ul className="notes">
          {report.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </Panel>
  );
});
