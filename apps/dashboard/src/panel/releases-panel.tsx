import type { LoopStatus } from "@tideline/spec";
import { memo } from "react";
import { formatBytes, formatCount, formatDifference, formatPercent, shortId } from "../format/number.ts";
import { formatDateTime } from "../format/time.ts";
import { NothingYet } from "../frame/nothing-yet.tsx";
import { Panel } from "../frame/panel.tsx";
import { type Column, Table } from "../frame/table.tsx";

type Release = LoopStatus["releases"][number];

const columns: readonly Column<Release>[] = [
  { title: "Version", cell: (release) => `Release ${release.version}` },
  { title: "Id", cell: (release) => <span title={release.id}>{shortId(release.id)}</span>, code: true },
  { title: "Issued", cell: (release) => formatDateTime(release.issuedAt) },
  { title: "Run", cell: (release) => <span title={release.run}>{shortId(release.run)}</span>, code: true },
  { title: "Size", cell: (release) => formatBytes(release.bytes), numeric: true },
  { title: "Parity", cell: (release) => formatDifference(release.parity), numeric: true },
  { title: "Accuracy", cell: (release) => formatPercent(release.accuracy), numeric: true },
  { title: "Phones", cell: (release) => formatCount(release.phones), numeric: true },
];

/** The models that were offered to phones, newest first. */
export const ReleasesPanel = memo(function ReleasesPanel({
  releases,
}: {
  readonly releases: readonly Release[];
}) {
  return (
    <Panel
      title="Releases"
      note="Parity is the largest difference of probability between runtimes over held-out windows."
    >
      {releases.length === 0 ? (
        <NothingYet sentence="The first release follows the first run that passes its gates." />
      ) : (
        <Table
          caption="Releases, newest first"
          columns={columns}
          rows={releases.toSorted((left, right) => right.version - left.version)}
          rowKey={(release) => `${release.version}${release.id}`}
        />
      )}
    </Panel>
  );
});
