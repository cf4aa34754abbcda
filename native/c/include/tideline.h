#ifndef TIDELINE_H
#define TIDELINE_H

/** @file Everything of the core. */

#include "tideline_bytes.h"
#include "tideline_client.h"
#include "tideline_crash_point.h"
#include "tideline_definition.h"
#include "tideline_framer.h"
#include "tideline_json.h"
#include "tideline_predict.h"
#include "tideline_property_list.h"
#include "tideline_retry_after.h"
#include "tideline_self_test.h"
#include "tideline_state.h"
#include "tideline_table.h"
#include "tideline_text.h"
#include "tideline_wire.h"

#endif
