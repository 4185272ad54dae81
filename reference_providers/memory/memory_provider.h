// The memory provider: the contract in its plainest form, to be read and to be tested against.
//
// Everything lives in the process and is gone with it. Handles of one scope share one store, found
// by the scope's name, until the scope is destroyed. The clock is the scope's, else the machine's.
// `store.h` has the data and the verbs of queues and instances, `event_streams.h` and
// `context_values.h` those of the two stores that have nothing to do with them; what surrounds all
// of it is a mutex, a clock and the waiting of long polls (`shared_store.h`).
#pragma once

#include "contract/factory.h"

namespace ackproof::memory {

// All that it has.
inline constexpr EnumSet<Capability> kFacets = {
    Capability::queues,         Capability::sessions,      Capability::tags,
    Capability::version_filter, Capability::custom_status, Capability::key_value,
    Capability::management,     Capability::deletion,      Capability::pruning,
    Capability::long_polling,   Capability::event_store,   Capability::context_store,
};

// With all hooks. Declares these of its facets, `queues` among them; the others answer
// `unsupported`. Every handle and the factory itself may be used from any thread.
ProviderFactory factory(EnumSet<Capability> facets = kFacets);

}  // namespace ackproof::memory
