const COLUMN_TYPE: Record<string, string> = {
  string: "VARCHAR",
  int: "BIGINT",
  float: "DOUBLE",
  vector: "FLOAT[]",
};
const EVENT_COLUMNS = {
  install_id: "VARCHAR",
  epoch: "BIGINT",
  seq: "BIGINT",
  subject: "VARCHAR",
  schema_version: "BIGINT",
  event_time: "TIMESTAMP",
  sent_time: "TIMESTAMP",
  received_time: "TIMESTAMP",
  known_time: "TIMESTAMP",
  time: "TIMESTAMP",
  consent: "VARCHAR[]",
};
/** Columns of the quarantine that the auditor reads. */
export const QUARANTINE_COLUMNS = {
  install_id: "VARCHAR",
  epoch: "BIGINT",
  seq: "BIGINT",
  received_time: "TIMESTAMP",
  time: "TIMESTAMP",
  name: "VARCHAR",
  code: "VARCHAR",
  content: "VARCHAR",
};
/** Columns of the receipts that the auditor reads. */
export const RECEIPT_COLUMNS = {
  install_id: "VARCHAR",
  received_time: "TIMESTAMP",
  time: "TIMESTAMP",
  duplicates: "BIGINT",
};
/** Columns of the exported prediction rows. */
export const PREDICTION_COLUMNS = {
  subject: "VARCHAR",
  role: "VARCHAR",
  session: "VARCHAR",
  start: "BIGINT",
  release: "VARCHAR",
  source: "VARCHAR",
  predicted: "VARCHAR",
  time: "DOUBLE",
  latency_ms: "DOUBLE",
  actual: "VARCHAR",
  delay_ms: "DOUBLE",
};

/** Declared fields of an event. */
export type Fields = Readonly<
  Record<string, { readonly kind: string; readonly channels?: readonly string[] }>
>;

/** Columns of an event's table. */
export function columnsOf(fields: Fields): Record<string, string> {
  const own = Object.entries(fields).flatMap(([name, { kind, channels }]) =>
    kind === "frame"
      ? channels!.map((channel) => [`${name}_${channel}`, "FLOAT[]"])
      : [[name, COLUMN_TYPE[kind]!]],
  );
  return { ...EVENT_COLUMNS, ...(Object.fromEntries(own) as Record<string, string>) };
}
