import {
  listAlerts,
  listEvaluations,
  listReleases,
  listRuns,
  listSnapshots,
  type AlertRow,
  type Catalog,
  type EvaluationRow,
  type ReleaseRow,
  type RunRow,
  type SnapshotRow,
} from "@tideline/pipeline";
import type { CommandResult } from "../output/command-result.ts";
import { bytes, count, localTime, metric, plural, shortId } from "../output/figure.ts";
import { table, type TableColumn } from "../output/table.ts";
import { liveLine, summariseOwner, withFolder } from "./open-folder.ts";

/** What of a folder can be listed. */
interface Listing<Row> {
  readonly about: string;
  readonly one: string;
  readonly read: (catalog: Catalog) => Promise<readonly Row[]>;
  readonly columns: readonly TableColumn<Row>[];
}

const snapshots: Listing<SnapshotRow> = {
  about: "immutable versions of the lake",
  one: "snapshot",
  read: listSnapshots,
  columns: [
    { name: "id", text: ({ id }) => shortId(id) },
    { name: "created", text: ({ created_at }) => localTime(created_at) },
    { name: "rows", text: ({ rows }) => count(rows), align: "right" },
    { name: "files", text: ({ files }) => count(files), align: "right" },
    { name: "size", text: (row) => bytes(row.bytes), align: "right" },
    { name: "superseded by", text: ({ superseded_by }) => shortId(superseded_by) },
  ],
};

const runs: Listing<RunRow> = {
  about: "training executions",
  one: "run",
  read: listRuns,
  columns: [
    { name: "id", text: ({ id }) => shortId(id) },
    { name: "created", text: ({ created_at }) => localTime(created_at) },
    { name: "model", text: ({ model }) => model },
    { name: "status", text: ({ status }) => status },
    { name: "snapshot", text: ({ snapshot }) => shortId(snapshot) },
    { name: "seed", text: ({ seed }) => String(seed), align: "right" },
    { name: "accuracy", text: ({ metrics }) => metric(metrics, "accuracy"), align: "right" },
    { name: "macro F1", text: ({ metrics }) => metric(metrics, "macroF1"), align: "right" },
    { name: "artifact", text: ({ artifact }) => shortId(artifact) },
  ],
};

const releases: Listing<ReleaseRow> = {
  about: "models offered to phones",
  one: "release",
  read: (catalog) => listReleases(catalog),
  columns: [
    { name: "channel", text: ({ channel }) => channel },
    { name: "version", text: ({ version }) => String(version), align: "right" },
    { name: "id", text: ({ id }) => shortId(id) },
    { name: "status", text: ({ status }) => status },
    { name: "issued", text: ({ issued_at }) => localTime(issued_at) },
    { name: "expires", text: ({ expires_at }) => localTime(expires_at) },
    { name: "run", text: ({ run }) => shortId(run) },
  ],
};

const alerts: Listing<AlertRow> = {
  about: "what the monitors noticed",
  one: "alert",
  read: (catalog) => listAlerts(catalog),
  columns: [
    { name: "id", text: ({ id }) => shortId(id) },
    { name: "created", text: ({ created_at }) => localTime(created_at) },
    { name: "kind", text: ({ kind }) => kind },
    { name: "model", text: ({ model }) => model },
    { name: "release", text: ({ release }) => shortId(release) },
    { name: "state", text: ({ state }) => state },
    { name: "reason", text: ({ detail }) => (detail as { reason?: string } | null)?.reason ?? "-" },
  ],
};

const evaluations: Listing<EvaluationRow> = {
  about: "the ledger of looks at people who were held out",
  one: "evaluation",
  read: (catalog) => listEvaluations(catalog),
  columns: [
    { name: "at", text: ({ at }) => localTime(at) },
    { name: "people of", text: ({ subject_set }) => subject_set },
    { name: "people", text: ({ people }) => count(people), align: "right" },
    { name: "model", text: ({ model }) => model },
    { name: "of", text: ({ release, run }) => shortId(release ?? run) },
    { name: "reason", text: ({ reason }) => reason },
    { name: "accuracy", text: ({ metrics }) => metric(metrics, "accuracy"), align: "right" },
    { name: "macro F1", text: ({ metrics }) => metric(metrics, "macroF1"), align: "right" },
  ],
};

/** Everything that can be listed, by the command's name. */
const LISTINGS = { snapshots, runs, releases, alerts, evaluations };

/** Name of a command that lists. */
export type ListName = keyof typeof LISTINGS;

/** Reads one list and lays it out. */
async function listRows<Row>(
  name: ListName,
  { one, read, columns }: Listing<Row>,
  folder: string,
): Promise<CommandResult> {
  return withFolder(folder, async (opened) => {
    const rows = await read(opened.catalog);
    const heading = `${plural(rows.length, one)} in ${liveLine(opened)}`;
    return {
      value: {
        folder: opened.folder,
        live: opened.owner !== null,
        owner: summariseOwner(opened.owner),
        [name]: rows,
      },
      text: rows.length === 0 ? heading : `${heading}\n\n${table(rows, columns, "")}`,
    };
  });
}

/**
 * `tideline snapshots`, `runs`, `releases`, `alerts`, `evaluations`: what the catalog of a folder holds, read beside
 * the owner while it lives.
 *
 * @throws `FOLDER_INVALID`
 */
export function listCommand(name: ListName, folder: string): Promise<CommandResult> {
  // One call for each, because the rows of a listing and its columns are of one type.
  switch (name) {
    case "snapshots":
      return listRows(name, snapshots, folder);
    case "runs":
      return listRows(name, runs, folder);
    case "releases":
      return listRows(name, releases, folder);
    case "alerts":
      return listRows(name, alerts, folder);
    case "evaluations":
      return listRows(name, evaluations, folder);
  }
}
