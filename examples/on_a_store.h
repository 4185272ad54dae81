// What the examples have in common: a store to run on.
#pragma once

#include "contract/provider.h"

namespace ackproof::examples {

// Opens an empty store of the provider named on the command line, SQLite without a name, on a private server if it
// needs one, and tells the story. Returns what the story returned: 0 when it went as it says. 2 for a bad command
// line; 3 when there is no server or the provider has not what the story needs; 1 for any other exception.
int on_a_store(int argc, char** argv, int (*story)(Provider& store));

// For stories: whether it is so; says so if not.
bool expect(bool is_so, const char* what);

}  // namespace ackproof::examples
