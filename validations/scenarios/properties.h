// What has to hold of every performance, whatever went wrong: each as the sentences that say where it does not.
#pragma once

#include <string>
#include <vector>

#include "validations/scenarios/stage.h"

namespace ackproof::scenarios {

using Sentences = std::vector<std::string>;

// Any program's.
Sentences wrongs_of_end(Stage& stage, const Performance& played,
                        const Expected& expected);                     // ENG_1
Sentences wrongs_of_items(Stage& stage, const Performance& played);    // ENG_2
Sentences wrongs_of_timers(Stage& stage, const Performance& played);   // ENG_3
Sentences wrongs_of_history(Stage& stage, const Performance& played);  // ENG_4

}  // namespace ackproof::scenarios
