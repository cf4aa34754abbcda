/** The catalog's tables as SQL holds them. JSON columns are text here; {@link JSON_COLUMNS} lists them. */
export interface CatalogTables {
  fence: { id: number; epoch: number };
  snapshot: {
    id: string;
    parent: string | null;
    created_at: number;
    log_position: string;
    rows: number;
    files: number;
    bytes: number;
    superseded_by: string | null;
  };
  run: {
    id: string;
    model: string;
    snapshot: string;
    definition: string;
    seed: number;
    status: string;
    created_at: number;
    finished_at: number | null;
    parameters: string;
    metrics: string;
    lineage: string;
    artifact: string | null;
  };
  release: {
    channel: string;
    version: number;
    id: string;
    run: string;
    issued_at: number;
    expires_at: number;
    status: string;
    envelope: string;
    metrics: string;
  };
  alert: {
    id: string;
    kind: string;
    model: string;
    release: string | null;
    created_at: number;
    detail: string;
    state: string;
  };
  evaluation: {
    id: string;
    at: number;
    subject_set: string;
    people: number;
    model: string;
    release: string | null;
    run: string | null;
    reason: string;
    metrics: string;
  };
  assessment: { id: string; at: number; model: string; release: string; verdict: string; detail: string };
  flow: {
    id: string;
    name: string;
    input: string;
    status: string;
    created_at: number;
    finished_at: number | null;
  };
  flow_step: {
    flow: string;
    name: string;
    status: string;
    attempts: number;
    input_hash: string;
    output: string | null;
    started_at: number;
    finished_at: number | null;
    error: string | null;
  };
  step_cache: { key: string; name: string; output: string; log: string; created_at: number };
  install_proof: { install: string; proof: string; first_at: number; conflicts: number };
  subject_request: {
    id: string;
    kind: string;
    install: string | null;
    subject: string | null;
    proof: string | null;
    models: string;
    state: string;
    created_at: number;
    finished_at: number | null;
    error: string | null;
    receipt: string | null;
  };
  erased: { kind: string; hash: string; at: number; request: string };
}

/** Name of a table of the catalog. */
export type TableName = keyof CatalogTables;

/** The columns of each table that hold JSON. Text in SQLite; PostgreSQL will make them `jsonb`. */
export const JSON_COLUMNS = {
  fence: [],
  snapshot: ["log_position"],
  run: ["parameters", "metrics", "lineage"],
  release: ["envelope", "metrics"],
  alert: ["detail"],
  evaluation: ["metrics"],
  assessment: ["detail"],
  flow: ["input"],
  flow_step: ["output"],
  step_cache: ["output", "log"],
  install_proof: [],
  subject_request: ["receipt"],
  erased: [],
} as const satisfies { [Table in TableName]: readonly (keyof CatalogTables[Table])[] };
