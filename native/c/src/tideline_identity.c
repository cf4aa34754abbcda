#include "tideline_identity.h"

#include <stdio.h>
#include <string.h>

#include "tideline_crash_point.h"
#include "tideline_state.h"
#include "tideline_text.h"

#define NAME "identity.tls"
/** Bytes of the random step to a new epoch: of 1,000 clones of one phone two meet once in two million times. */
#define STEP_BYTES 5
#define TL_EPOCH_STEP ((uint64_t)1 << (8 * STEP_BYTES))

bool tl_proof_valid(const char *text) {
  size_t length = strlen(text);
  return length == 0 || (length == TL_PROOF - 1 && strspn(text, "0123456789abcdef") == length);
}

/** Reads the last start's identity; false where there is none. Files of before name no secret. */
static tl_status read_old(tl_folder *folder, tl_identity *old, char instance[TL_INSTANCE], bool *found) {
  tl_buffer bytes;
  tl_cursor cursor;
  tl_buffer_init(&bytes, TL_STATE_BYTES);
  tl_status status = tl_state_read(folder, NAME, &bytes, &cursor, found);
  if (status == TL_OK && *found) {
    tl_take_text(&cursor, old->source.install, sizeof old->source.install);
    old->source.epoch = tl_take_u64(&cursor);
    old->starts = tl_take_u64(&cursor);
    tl_take_text(&cursor, instance, TL_INSTANCE);
    if (cursor.ok && cursor.at != cursor.end) tl_take_text(&cursor, old->proof, sizeof old->proof);
    bool legal = cursor.ok && strspn(old->source.install, "0123456789abcdef") == 32 && strlen(old->source.install) == 32 &&
                 old->source.epoch >= 1 && old->source.epoch <= (uint64_t)TL_SAFE_INTEGER - TL_EPOCH_STEP &&
                 tl_proof_valid(old->proof);
    *found = legal;
  }
  tl_buffer_free(&bytes);
  return status;
}

/** Whether the last start's install is this device's. */
static bool is_own(const tl_identity *old, const char *old_instance, const tl_owner *owner, const char *proof) {
  /* A file of before, or of a client without a secret: the instance alone tells. */
  if (old->proof[0] == '\0') return proof[0] == '\0' || strcmp(old_instance, owner->instance) == 0;
  return strcmp(old->proof, proof) == 0;
}

tl_status tl_identity_open(tl_folder *folder, const tl_owner *owner, bool damaged, tl_identity *identity) {
  const tl_ports *ports = folder->ports;
  uint8_t random[16 + STEP_BYTES];
  char old_instance[TL_INSTANCE] = "";
  const char *proof = owner->proof == NULL ? "" : owner->proof;
  bool found = false;
  memset(identity, 0, sizeof *identity);
  if (strlen(owner->instance) >= TL_INSTANCE) return tl_refuse(folder->fault, TL_ARGUMENT_INVALID, "instance", "expected a shorter name");
  if (!tl_proof_valid(proof)) return tl_refuse(folder->fault, TL_ARGUMENT_INVALID, "proof", "expected 64 hexadecimal digits");
  tl_status status = read_old(folder, identity, old_instance, &found);
  if (status != TL_OK) return status;
  if (!ports->random(ports->context, random, sizeof random)) {
    return tl_refuse(folder->fault, TL_UNAVAILABLE, "random", "the platform gave no random bytes");
  }
  if (!found || !is_own(identity, old_instance, owner, proof)) {
    for (int index = 0; index < 16; index += 1) snprintf(identity->source.install + 2 * index, 3, "%02x", random[index]);
    identity->source.epoch = 1;
    identity->starts = 1;
  } else {
    if (damaged || strcmp(old_instance, owner->instance) != 0) {
      uint64_t step = 0;
      for (int index = 16; index < 16 + STEP_BYTES; index += 1) step = step * 256u + random[index];
      identity->source.epoch += 1u + step;
    }
    identity->starts += 1;
  }
  memcpy(identity->proof, proof, strlen(proof) + 1);
  tl_buffer payload;
  tl_buffer_init(&payload, TL_STATE_BYTES);
  tl_buffer_add_counted(&payload, identity->source.install);
  tl_buffer_add_u64(&payload, identity->source.epoch);
  tl_buffer_add_u64(&payload, identity->starts);
  tl_buffer_add_counted(&payload, owner->instance);
  tl_buffer_add_counted(&payload, identity->proof);
  status = tl_state_write(folder, NAME, &payload);
  tl_buffer_free(&payload);
  if (status == TL_OK) tl_crash_point(ports, TL_AT_IDENTITY_AFTER);
  return status;
}
