#ifndef TIDELINE_VECTOR_PROGRAM_H
#define TIDELINE_VECTOR_PROGRAM_H

/** @file What the commands of the vector program share. */

#include "tideline.h"

/** Says what is wrong and ends the program. */
void fail(const char *what);
/** A whole file, in exactly as much memory as it has bytes, so that a sanitizer sees a read beyond its end. */
uint8_t *read_file(const char *path, size_t *length);
void write_file(const char *path, const void *bytes, size_t length);
/** Prints text as JSON. */
void print_text(const char *text);
/** Prints a status and its fault as JSON; returns 0. */
int refused(tl_status status, const tl_fault *fault);

int command_table(int count, char **args);
int command_tables(char **args);
int command_cost(char **args);
int command_time(int count, char **args);
int command_script(int count, char **args);

#endif
