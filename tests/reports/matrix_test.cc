#include "reports/matrix.h"

#include <gtest/gtest.h>

#include "tests/reports/sample_run.h"

namespace ackproof::reports {
namespace {

using Record = Run;  // In a test's body `Run` is GoogleTest's.

TEST(Matrix, the_sample_is_as_in_the_golden_file) {
  const Record sample = sample_run();
  Record whole = certified_run(Level::functional);
  whole.provider = "memory";
  Record cut = whole;
  cut.provider = "filesystem";
  cut.selection.filter = "*renew*";
  cut.verdicts.resize(3);
  cut.clauses.resize(3);
  Record more = whole;
  more.provider = "redis";
  more.verdicts.push_back(verdict("session_has_one_owner", "SESS_1", Outcome::failed));

  const std::string table = render_matrix(
      {{"memory", &whole, "", "memory/report.html"},
       {"sqlite", &sample, "", "sqlite/report.html"},
       {"postgres", nullptr, "PostgreSQL is not installed: apt-get install postgresql", ""},
       {"redis", &more, "", "redis/report.html"},
       {"filesystem", &cut, "", "filesystem/report.html"}},
      false);

  EXPECT_EQ(differs_from_golden("matrix_sample.txt", table), "");
}

TEST(Matrix, a_long_reason_is_shortened_to_one_line) {
  const std::string table =
      render_matrix({{"memory", nullptr, std::string(95, 'x') + "\nsecond line ä", ""}}, false);

  EXPECT_EQ(table.find("second"), std::string::npos);
  EXPECT_EQ(table.find('\n', table.find("memory")), table.size() - 1);
  EXPECT_LE(table.size() - table.find("memory"), 101U);
}

TEST(Matrix, colours_change_nothing_but_colours) {
  const Record whole = certified_run(Level::functional);
  const std::vector<MatrixRow> rows = {{"memory", &whole, "", "memory/report.html"}};

  std::string coloured = render_matrix(rows, true);
  for (std::size_t at = 0; (at = coloured.find('\x1b')) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }

  EXPECT_EQ(coloured, render_matrix(rows, false));
}

}  // namespace
}  // namespace ackproof::reports
