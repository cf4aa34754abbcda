import { decodeBatch, encodeBatch, tidelineError } from "@tideline/spec";
import { LOG_RECORD_FORMAT, type LogRecord } from "../../log-record.ts";
import { nodeText } from "../node-text.ts";

/** Payload of a record: a batch whose header is the record and whose attachment holds its frames' samples. */
export function encodeLogRecord(record: LogRecord, attachment: Uint8Array): Uint8Array {
  return encodeBatch(record, attachment, nodeText);
}

/**
 * Record and attachment of a payload; `where` names it in the error.
 *
 * @throws `LOG_CORRUPT` for a format that this version does not know
 */
export function decodeLogRecord(
  payload: Uint8Array,
  where: string,
): { record: LogRecord; attachment: Uint8Array } {
  const { header, attachment } = decodeBatch(payload, nodeText);
  const record = header as LogRecord;
  if (record.format === LOG_RECORD_FORMAT) return { record, attachment };
  throw tidelineError("LOG_CORRUPT", {
    who: where,
    field: "format",
    expected: `a record of format ${LOG_RECORD_FORMAT}`,
    received: String(record.format),
    remedy: "A newer Tideline wrote it: use that one.",
  });
}
