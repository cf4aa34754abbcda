import type { LoopStatus } from "@tideline/spec";
import { memo } from "react";
import { formatBytes, formatCount, shortId } from "../format/number.ts";
import { formatDateTime } from "../format/time.ts";
import { NothingYet } from "../frame/nothing-yet.tsx";
import { Panel } from "../frame/panel.tsx";
import { type Column, Table } from "../frame/table.tsx";

type Snapshot = LoopStatus["snapshots"][number];

/** The newest snapshots that the panel lists; the catalog keeps all of them. */
const MOST = 12;

const columns: readonly Column<Snapshot>[] = [
  {
    title: "Snapshot",
    cell: (snapshot) => <span title={snapshot.id}>{shortId(snapshot.id)}</span>,
    code: true,
  },
  { title: "Made", cell: (snapshot) => formatDateTime(snapshot.createdAt) },
  { title: "Rows", cell: (snapshot) => formatCount(snapshot.rows), numeric: true },
  { title: "Files", cell: (snapshot) => formatCount(snapshot.files), numeric: true },
  { title: "Size", cell: (snapshot) => formatBytes(snapshot.bytes), numeric: true },
];

/** Immutable versions of the lake, newest first. */
export const SnapshotsPanel = memo(function SnapshotsPanel({
  snapshots,
}: {
  readonly snapshots: readonly Snapshot[];
}) {
  const newest = snapshots.toSorted((left, right) => right.createdAt - left.createdAt);
  const note =
    newest.length > MOST
      ? `The newest ${MOST} of ${formatCount(newest.length)}.`
      : "Immutable versions of the lake, named by their content.";
  return (
    <Panel title="Snapshots" note={note}>
      {newest.length === 0 ? (
        <NothingYet sentence="The first snapshot follows the first compaction of the log." />
      ) : (
        <Table
          caption="Snapshots, newest first"
          columns={columns}
          rows={newest.slice(0, MOST)}
          rowKey={(snapshot) => snapshot.id}
        />
      )}
    </Panel>
  );
});
