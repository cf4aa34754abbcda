#ifndef TIDELINE_SETTLED_H
#define TIDELINE_SETTLED_H

/**
 * @file
 * What has become of events, by source; the queue's state file `queue.tls`. A source of which no file is left is
 * forgotten into two totals, so that the file stays small for years.
 *
 * Behind what stood in it at first (three totals, the sources) there are, in files of today: the proof of each source, the
 * queue's age, and how many events were given up for which reason.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_file.h"
#include "tideline_identity.h"
#include "tideline_sequence.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Why events were given up. Append only: the state file has a count of each. */
typedef enum tl_drop { TL_DROP_AGE, TL_DROP_SPACE, TL_DROP_REFUSED, TL_DROP_CONSENT, TL_DROP_REASONS } tl_drop;

/** What is settled of one source. */
typedef struct tl_settled {
  struct tl_settled *next;
  tl_source source;
  /** Hash of the install's secret, so that its events go out with it whoever sends them; empty where it is not known. */
  char proof[TL_PROOF];
  /** The server is responsible for them. */
  tl_sequence_set acknowledged;
  /** Given up: too old, too many, refused, or their consent was withdrawn. */
  tl_sequence_set dropped;
} tl_settled;

/** The queue's state. */
typedef struct tl_ledger {
  tl_settled *first;
  /** Events that the server put into quarantine, over all time. */
  uint64_t quarantined;
  /** Events of forgotten sources. */
  uint64_t past_acknowledged;
  uint64_t past_dropped;
  /** Events that were given up, over all time, by reason; of older ones it is not known. */
  uint64_t drops[TL_DROP_REASONS];
  /**
   * Milliseconds that the queue has lived, and what the device's clock showed at the last look (0 for none). A clock that
   * jumps must not make everything old at once: what passes between two looks counts for a day at most, and a step back
   * for nothing.
   */
  uint64_t lived;
  uint64_t seen;
} tl_ledger;

/** Counts the time that has passed since the last look. */
void tl_ledger_pass(tl_ledger *ledger, int64_t now);

void tl_ledger_free(tl_ledger *ledger);
/** Reads the state file; `found` false where there is none or it is damaged. */
tl_status tl_ledger_read(tl_folder *folder, tl_ledger *ledger, bool *found);
tl_status tl_ledger_write(tl_folder *folder, const tl_ledger *ledger);
/** Reads a state file's payload, which may be any bytes; TL_DATA_MALFORMED where it is none. */
tl_status tl_ledger_parse(tl_ledger *ledger, const uint8_t *bytes, size_t length);
/** The entry of a source, made where there is none; NULL without memory. */
tl_settled *tl_ledger_of(tl_ledger *ledger, const tl_source *source);
/** Takes an entry off the list into the totals. */
void tl_ledger_forget(tl_ledger *ledger, tl_settled *settled);
/** Whether an event needs no more work. */
bool tl_is_settled(const tl_settled *settled, uint64_t seq);
/** The highest settled number; 0 for none. */
uint64_t tl_highest_settled(const tl_settled *settled);

#ifdef __cplusplus
}
#endif

#endif
