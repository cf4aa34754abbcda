import type { LoopStatus } from "@tideline/spec";
import { Announcer } from "./frame/announcer.tsx";
import { AccuracyPanel } from "./panel/accuracy-panel.tsx";
import { DriftPanel } from "./panel/drift-panel.tsx";
import { EventsPanel } from "./panel/events-panel.tsx";
import { Headline } from "./panel/headline.tsx";
import { RatePanel } from "./panel/rate-panel.tsx";
import { ReleasesPanel } from "./panel/releases-panel.tsx";
import { ReportPanel } from "./panel/report-panel.tsx";
import { RunsPanel } from "./panel/runs-panel.tsx";
import { SnapshotsPanel } from "./panel/snapshots-panel.tsx";
import { StageFlow } from "./panel/stage-flow.tsx";

/** The picture of a loop: the stages, the figures, then each stage's evidence, and the report last. */
export function LoopPage({ status }: { readonly status: LoopStatus }) {
  const { ingest, drift, releases, report } = status;
  return (
    <div className="grid">
      <Announcer stages={status.stages} />
      <StageFlow stages={status.stages} />
      <Headline status={status} />
      <AccuracyPanel accuracy={status.accuracy} drift={drift} releases={releases} report={report} />
      <DriftPanel drift={drift} releases={releases} />
      <RatePanel rate={ingest.rate} />
      <EventsPanel
        accepted={ingest.accepted}
        quarantined={ingest.quarantined}
        duplicates={ingest.duplicates}
        report={report}
      />
      <ReleasesPanel releases={releases} />
      <RunsPanel runs={status.runs} />
      <SnapshotsPanel snapshots={status.snapshots} />
      <ReportPanel report={report} />
    </div>
  );
}
