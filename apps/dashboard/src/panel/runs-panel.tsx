import type { LoopStatus } from "@tideline/spec";
import { memo } from "react";
import { formatFigure, shortId } from "../format/number.ts";
import { formatDateTime } from "../format/time.ts";
import { NothingYet } from "../frame/nothing-yet.tsx";
import { Panel } from "../frame/panel.tsx";
import { type Column, Table } from "../frame/table.tsx";
import "./runs-panel.css";

type Run = LoopStatus["runs"][number];

/** Parameters in milliseconds since 1970 are times; no other figure of a run is that large. */
const isTime = (name: string, value: string | number): value is number =>
  typeof value === "number" && /since|at$/i.test(name) && value > 1e11 && value < 8.64e15;

function Figures({ figures }: { readonly figures: Readonly<Record<string, string | number>> }) {
  const entries = Object.entries(figures);
  if (entries.length === 0) return <span className="quiet">none yet</span>;
  return (
    <span className="run-figures">
      {entries.map(([name, value]) => (
        <span key={name}>
          <span className="quiet">{name}</span>{" "}
          {isTime(name, value) ? formatDateTime(value) : formatFigure(value)}
        </span>
      ))}
    </span>
  );
}

const columns: readonly Column<Run>[] = [
  { title: "Run", cell: (run) => <span title={run.id}>{shortId(run.id)}</span>, code: true },
  { title: "Begun", cell: (run) => formatDateTime(run.createdAt) },
  { title: "State", cell: (run) => run.status },
  { title: "Snapshot", cell: (run) => <span title={run.snapshot}>{shortId(run.snapshot)}</span>, code: true },
  { title: "Parameters", cell: (run) => <Figures figures={run.parameters} /> },
  { title: "Metrics", cell: (run) => <Figures figures={run.metrics} /> },
];

/** Training executions with what they were given and what came out, newest first. */
export const RunsPanel = memo(function RunsPanel({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <Panel title="Runs" note="Choices are made on validation people only.">
      {runs.length === 0 ? (
        <NothingYet sentence="A run begins when enough labelled windows have been stored." />
      ) : (
        <Table
          caption="Runs, newest first"
          columns={columns}
          rows={runs.toSorted((left, right) => right.createdAt - left.createdAt)}
          rowKey={(run) => run.id}
        />
      )}
    </Panel>
  );
});
