#ifndef TIDELINE_CLIENT_PLATFORM_H
#define TIDELINE_CLIENT_PLATFORM_H

/** @file The ports of a POSIX machine: plain HTTP over sockets (TLS is left to a platform's own), zlib, /dev/urandom. */

#include "tideline.h"

/** The ports; `crash_point` ends the process where TIDELINE_CRASH_AT=point:hit says. */
tl_ports client_ports(void);
/** SHA-256, as the port `digest` wants it. */
bool client_digest(void *context, const uint8_t *bytes, size_t length, uint8_t sha256[32]);

#endif
