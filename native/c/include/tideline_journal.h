#ifndef TIDELINE_JOURNAL_H
#define TIDELINE_JOURNAL_H

/**
 * @file
 * Append-only files of records: `journal-<index>-<install>-<epoch>.tlj`, the index of 8 digits. A file starts with
 * the four bytes `TLJ1` and four zero bytes; records follow (tideline_record.h) to its end. Where a record is not whole,
 * the file ends: what follows is torn off at the next start.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_file.h"
#include "tideline_identity.h"
#include "tideline_record.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes before the first record of a file. */
#define TL_JOURNAL_HEADER 8
/** Largest journal file that is read; what is longer was not written by this code. */
#define TL_JOURNAL_BYTES (64u * 1024u * 1024u)

/** A file of the journal: records of one source, in order. */
typedef struct tl_segment {
  struct tl_segment *next;
  char name[TL_FILE_NAME];
  uint32_t index;
  tl_source source;
  uint64_t bytes;
  /** Events of it that wait; kept by the queue. */
  size_t waiting;
  /** What is settled of its source; kept by the queue. */
  struct tl_settled *settled;
} tl_segment;

/** The journal of a folder. */
typedef struct tl_journal {
  tl_folder *folder;
  /** Oldest first. */
  tl_segment *first;
  tl_segment *active;
  /** A file that must be cut back before anything else is written, because an append to it failed. */
  char unrepaired[TL_FILE_NAME];
  uint64_t unrepaired_bytes;
  size_t segment_bytes;
  uint32_t last_index;
  uint64_t torn_bytes;
  /** Another segment than the last one was cut: not a torn write, but damage. */
  bool damaged;
} tl_journal;

/** What is called for a record; `offset` counts from the start of the file. */
typedef tl_status (*tl_each_record)(void *context, const tl_record *record, uint64_t offset);

/** Calls `each` for the whole records of a file's bytes; `*valid` is where what is whole ends, 0 for another file. */
tl_status tl_journal_scan(const uint8_t *bytes, size_t length, size_t *valid, tl_each_record each, void *context);

/** Finds the segments of a folder and cuts torn ends off. */
tl_status tl_journal_open(tl_journal *journal, tl_folder *folder, size_t segment_bytes);
void tl_journal_close(tl_journal *journal);
/** Calls `each` for every record of a segment. */
tl_status tl_journal_records(tl_journal *journal, const tl_segment *segment, tl_each_record each, void *context);
/**
 * Appends whole records of a source in one durable write; `*segment` and `*offset` say where they stand. On failure the
 * file is cut back and nothing of them stays.
 */
tl_status tl_journal_append(tl_journal *journal, const tl_source *source, const uint8_t *records, size_t length,
                            tl_segment **segment, uint64_t *offset);
/** Adds `length` bytes at an offset of a segment to a buffer. */
tl_status tl_journal_read(tl_journal *journal, const tl_segment *segment, uint64_t offset, size_t length, tl_buffer *bytes);
/** Replaces a segment's records. */
tl_status tl_journal_rewrite(tl_journal *journal, tl_segment *segment, const uint8_t *records, size_t length);
/** Removes a segment, its file and its struct. */
tl_status tl_journal_remove(tl_journal *journal, tl_segment *segment);

#ifdef __cplusplus
}
#endif

#endif
