#ifndef TIDELINE_CLIENT_INTERNAL_H
#define TIDELINE_CLIENT_INTERNAL_H

/** @file A client in memory. Internal to the client's sources. */

#include "tideline_client.h"

/** Longest id of a person, in bytes: 256 UTF-16 units. */
#define CLIENT_USER_BYTES 768

struct tl_client {
  tl_ports ports;
  const tl_app *app;
  tl_folder folder;
  /** Of the call that runs, and of the last one that failed. */
  tl_fault fault;
  tl_fault last_fault;
  tl_queue *queue;
  tl_consent consent;
  tl_upload upload;
  bool has_user;
  char user[CLIENT_USER_BYTES + 1];
  /** Empty where the next event carries none. */
  char previous_user[CLIENT_USER_BYTES + 1];
  char collect[480];
  char write_key[256];
  char region[33];
  uint64_t withheld;
  uint64_t withheld_fields;
  uint64_t predictions;
};

#endif
