// Tables of a terminal.
#pragma once

#include <string>
#include <vector>

namespace ackproof::reports {

enum class Side : std::uint8_t { left, right };

// One line, as cells.
struct TableLine {
  std::vector<std::string> cells;
  std::string rest;  // Behind the first cell, instead of the others, shortened to one line.
  std::string code;  // The colour of the line, as an escape sequence; empty: none.
};

// Each column as wide as its widest cell. The first line has all columns. `sides`: of the columns; those that it
// does not name are at the left.
std::string draw_table(const std::vector<TableLine>& lines, const std::vector<Side>& sides,
                       bool colour);

}  // namespace ackproof::reports
