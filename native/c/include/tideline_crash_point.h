#ifndef TIDELINE_CRASH_POINT_H
#define TIDELINE_CRASH_POINT_H

/**
 * @file
 * Places where tests end the process: each stands between two steps that must survive being torn apart.
 */

#include "tideline_ports.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Every name, ended by NULL. */
extern const char *const TL_CRASH_POINTS[];

/** Events are framed, nothing is written. */
#define TL_AT_APPEND_BEFORE "journal.append.before"
/** Half of the bytes are written. */
#define TL_AT_APPEND_TORN "journal.append.torn"
/** The bytes are written, not yet fsynced. */
#define TL_AT_APPEND_WRITTEN "journal.append.written"
/** Events are durable, the caller does not know yet. */
#define TL_AT_APPEND_AFTER "journal.append.after"
/** A batch is made, nothing was sent. */
#define TL_AT_SEND_BEFORE "upload.send.before"
/** The server has answered, nothing was noted. */
#define TL_AT_SEND_AFTER "upload.send.after"
/** The acknowledgement is durable, journal files still hold what it covers. */
#define TL_AT_ACKNOWLEDGE_AFTER "queue.acknowledge.after"
/** The new consent is durable, events of withdrawn purposes are still queued. */
#define TL_AT_PURGE_BEFORE "consent.purge.before"
/** Withdrawn events are marked, the journal still holds them. */
#define TL_AT_PURGE_AFTER "consent.purge.after"
/** The new bytes of a file are written beside the old ones. */
#define TL_AT_REPLACE_WRITTEN "file.replace.written"
/** The new file has the name, the folder is not fsynced. */
#define TL_AT_REPLACE_RENAMED "file.replace.renamed"
/** The new identity is durable, the queue's state is not there yet. */
#define TL_AT_IDENTITY_AFTER "identity.write.after"

static inline void tl_crash_point(const tl_ports *ports, const char *name) {
  if (ports->crash_point != NULL) ports->crash_point(ports->context, name);
}

#ifdef __cplusplus
}
#endif

#endif
