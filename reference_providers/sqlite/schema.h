// Making a database file ours, and bringing it up to date.
#pragma once

#include "reference_providers/sqlite/connection.h"

namespace ackproof::sqlite {

// Makes the connection fit for use: checks whose file it is, sets its modes, and migrates the
// schema. Any number of processes may do so on one file at the same time (DUR_4).
//
// Throws Refused for the file of another program and for a newer schema; neither is changed.
void prepare_store(Connection& connection);

}  // namespace ackproof::sqlite
