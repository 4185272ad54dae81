// Every value of the contract as JSON and back: for recorded calls, reports, and providers behind a
// pipe.
//
// Field names are those of the structs; an absent optional is left out; times are milliseconds
// since the epoch, durations milliseconds; enumerators are their names in snake_case. Bytes are a
// JSON string when they are valid UTF-8, else {"base64": "..."}: readable where it can be, exact
// always; a map is an object, or a list of [key, value] when a key is not valid UTF-8. The
// templates are defined for all types of `types.h`, `Description`, `Limits`, `Capabilities` and
// `Error`; others do not link.
#pragma once

#include <string>
#include <string_view>

#include "contract/result.h"
#include "contract/types.h"

namespace ackproof {

template <class T>
std::string to_json(const T& value);

// `invalid` with the place of the fault: malformed JSON, a missing, unknown or repeated field, a
// wrong type or name.
template <class T>
Result<T> from_json(std::string_view text);

// The same into `value`, which stays as it was when the text is refused. An `Error` is read so.
template <class T>
Result<void> from_json(std::string_view text, T& value);

}  // namespace ackproof
