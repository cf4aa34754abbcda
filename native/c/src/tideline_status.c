#include "tideline_status.h"

#include <string.h>

const char *tl_error_name(tl_status status) {
  switch (status) {
    case TL_OK: return "OK";
    case TL_ARGUMENT_INVALID: return "ARGUMENT_INVALID";
    case TL_OUT_OF_MEMORY: return "OUT_OF_MEMORY";
    case TL_DATA_MALFORMED: return "DATA_MALFORMED";
    case TL_FOLDER_OWNED: return "FOLDER_OWNED";
    case TL_STORAGE_FAILED: return "STORAGE_FAILED";
    case TL_DISK_FULL: return "DISK_FULL";
    case TL_BATCH_MALFORMED: return "BATCH_MALFORMED";
    case TL_BATCH_TOO_LARGE: return "BATCH_TOO_LARGE";
    case TL_EVENT_TOO_LARGE: return "EVENT_TOO_LARGE";
    case TL_FIELD_MISSING: return "FIELD_MISSING";
    case TL_FIELD_INVALID: return "FIELD_INVALID";
    case TL_FIELD_UNKNOWN: return "FIELD_UNKNOWN";
    case TL_TIME_INVALID: return "TIME_INVALID";
    case TL_CONSENT_MISSING: return "CONSENT_MISSING";
    case TL_UNAUTHORISED: return "UNAUTHORISED";
    case TL_FORBIDDEN: return "FORBIDDEN";
    case TL_NOT_FOUND: return "NOT_FOUND";
    case TL_OVERLOADED: return "OVERLOADED";
    case TL_UNAVAILABLE: return "UNAVAILABLE";
    case TL_MODEL_MALFORMED: return "MODEL_MALFORMED";
    case TL_RUNTIME_UNSUPPORTED: return "RUNTIME_UNSUPPORTED";
    case TL_ARTIFACT_CORRUPT: return "ARTIFACT_CORRUPT";
    case TL_RESIDENCY_MISMATCH: return "RESIDENCY_MISMATCH";
    case TL_SELF_TEST_FAILED: return "SELF_TEST_FAILED";
  }
  return "INTERNAL";
}

static void copy(char *to, size_t room, const char *from) {
  size_t length = from == NULL ? 0 : strlen(from);
  if (length >= room) length = room - 1;
  if (length > 0) memcpy(to, from, length);
  to[length] = '\0';
}

tl_status tl_refuse(tl_fault *fault, tl_status status, const char *field, const char *reason) {
  if (fault != NULL) {
    fault->status = status;
    copy(fault->field, sizeof fault->field, field);
    copy(fault->reason, sizeof fault->reason, reason);
  }
  return status;
}
