// Pages as `certify` leaves them, of runs that went well, badly and not at all.
#pragma once

#include <string>
#include <vector>

namespace ackproof::reports {

// A fresh folder with a page for each of several runs and index.html, which leads to them.
std::string write_sample_pages();

// The names of all of them.
const std::vector<std::string>& sample_pages();

}  // namespace ackproof::reports
