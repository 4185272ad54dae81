// The command `stress`: a good store is right, and one that lies is found out, in words that say how.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "harness/servers/server.h"
#include "reports/stress_json.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::read_file;
using testing_support::run_command;

CommandEnd run_stress(const std::string& arguments, const std::string& folder) {
  return run_command(std::string(ACKPROOF_MISBEHAVING) + " stress " + arguments + " --out " +
                     folder);
}

Stress record_in(const std::string& folder) {
  return reports::read_stress(read_file(folder + "/stress.json")).value();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Everything that the record found.
std::string findings(const Stressed& stressed) {
  std::string all;
  for (const StressFinding& finding : stressed.findings) {
    all += std::string(name(finding.fault)) + " " + finding.instance + ": " + finding.said + "\n";
  }
  return all;
}

TEST(Stress, every_load_is_right_on_a_good_store) {
  const std::string folder = fresh_folder();

  const CommandEnd end =
      run_stress("memory --workflows 27 --in-flight 6 --activity-ms 1 --seed 7 --quiet", folder);

  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_EQ(end.err, "");
  EXPECT_TRUE(has(end.out, "memory: all 27 workflows right.")) << end.out;
  EXPECT_TRUE(has(end.out, "100.00 %: 27 of 27 right")) << end.out;
  EXPECT_TRUE(has(end.out, folder + "/stress.html")) << end.out;
  const Stressed told = record_in(folder).providers.at(0);
  ASSERT_EQ(told.loads.size(), 9U);
  for (const StressCounts& load : told.loads) {
    EXPECT_EQ(load.started, 3U) << load.load;
    EXPECT_EQ(load.right, 3U) << load.load;
    EXPECT_FALSE(load.latency.buckets.empty()) << load.load;
  }
  // steps 5, fan_out 5, payloads 3, timers 1, children 6, saga 3 or 5, continued 4, cancelled 1, signalled 1.
  EXPECT_GE(told.activities.recorded, 3U * 29);
  EXPECT_EQ(told.activities.recorded, told.activities.scheduled);
  EXPECT_EQ(told.looked_again, 27U);
  EXPECT_TRUE(has(end.out, "looked again  27 workflows in the end")) << end.out;
  EXPECT_EQ(told.queues, (StressQueues{StressLook::depths, true, ""}));
  EXPECT_GT(told.client.peak_bytes, 1U << 20U);
  EXPECT_EQ(told.environment.server, "");
  EXPECT_FALSE(told.server);
  EXPECT_EQ(record_in(folder).settings.seed, 7U);
}

TEST(Stress, an_end_that_no_worker_was_told_of_is_looked_for_with_patience) {
  const CommandEnd end = run_stress(
      "unsure_of_ends --load steps --workflows 6 --activity-ms 0 --quiet", fresh_folder());

  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_TRUE(has(end.out, "unsure_of_ends: all 6 workflows right.")) << end.out;
}

// Five activities of a workflow, one after the other, take longer together.
TEST(Stress, draining_may_take_its_time_as_long_as_something_gets_on) {
  const CommandEnd end = run_stress(
      "memory --load steps --workflows 2 --activity-ms 1500 --drain 4 --quiet", fresh_folder());

  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_TRUE(has(end.out, "memory: all 2 workflows right.")) << end.out;
}

struct Lie {
  const char* provider;
  const char* arguments;
  const char* finding;   // A part of what is found. Empty: it is about the queues.
  const char* sentence;  // A part of the last line about the provider.
};

class StressFinds : public testing::TestWithParam<Lie> {};

TEST_P(StressFinds, a_store_that_lies) {
  const std::string folder = fresh_folder();

  const CommandEnd end =
      run_stress(std::string(GetParam().provider) +
                     " --in-flight 6 --activity-ms 0 --seed 7 --quiet " + GetParam().arguments,
                 folder);

  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  const Stressed told = record_in(folder).providers.at(0);
  EXPECT_EQ(verdict_on(told), StressVerdict::wrong);
  EXPECT_TRUE(has(findings(told), GetParam().finding)) << findings(told);
  EXPECT_TRUE(has(end.out, GetParam().sentence)) << end.out;
  EXPECT_FALSE(has(end.out, "100.00 %") && *GetParam().finding != '\0') << end.out;
}

INSTANTIATE_TEST_SUITE_P(
    Stress, StressFinds,
    testing::Values(
        Lie{"loses_activity", "--load steps --workflows 12",
            " is scheduled and unanswered, it was never handed out", " workflows lost"},
        Lie{"records_twice", "--load steps --workflows 6", " is answered 2 times",
            "recorded twice"},
        Lie{"corrupts_payload", "--load payloads --workflows 6 --payload-bytes 3000",
            " of the payload on its way to the ", " of 6 workflows wrong"},
        Lie{"forgets_end", "--load saga --workflows 8",
            "the store has confirmed the turn that ended it, and shows no end",
            "1 of 8 workflows lost"},
        Lie{"remembers", "--load steps --workflows 12",
            "the store has confirmed the turn that ended it, and shows no end",
            "1 of 12 workflows lost"},
        Lie{"forgets_later", "--load steps --workflows 40",
            "when it was looked at again in the end: ", " of 40 workflows wrong"},
        Lie{"counts_twice", "--load steps --workflows 6",
            " was acked a second time, and the store took it", " of 6 workflows wrong"},
        Lie{"counts_twice_for_nobody", "--load fan_out --workflows 6 --drain 1", "?: activity #",
            " of 6 workflows lost"},
        Lie{"loses_mail", "--load cancelled --workflows 12",
            "it waits for what has not come: event never", "1 of 12 workflows lost"},
        Lie{"loses_mail", "--load signalled --workflows 12", " came before message ",
            " of 12 workflows "},
        Lie{"loses_continuation", "--load continued --workflows 6",
            "it has continued as new, and no turn has come of that", " of 6 workflows lost"},
        Lie{"begins_anew", "--load continued --workflows 2 --drain 1", "", " workflows lost"},
        Lie{"forgets_executions", "--load continued --workflows 6",
            "its history has the activities think, think, think; its program asks for think, "
            "think, think, think",
            "6 of 6 workflows wrong"},
        Lie{"leaves_messages", "--load fan_out --workflows 6 --drain 1", "",
            "the queues are not drained"},
        Lie{"repeats", "--load fan_out --workflows 6 --drain 1", "", "fetches still find"},
        Lie{"takes_no_start", "--load timers --workflows 6",
            "refused timers-3: the store did not take its start: invalid: three are enough",
            " workflows wrong"},
        Lie{"loses_activity", "--load children --workflows 6",
            "is scheduled and unanswered: activity", "workflows lost"},
        Lie{"crashing", "--load steps --workflows 6", "",
            "crashing: its process was ended by signal 6"},
        Lie{"leaving", "--load steps --workflows 6", "",
            "leaving: its process ended without a word"}),
    [](const testing::TestParamInfo<Lie>& row) {
      return std::string(row.param.provider) + "_" + std::to_string(row.index);
    });

TEST(Stress, several_providers_are_told_side_by_side_and_the_worst_counts) {
  const std::string folder = fresh_folder();

  const CommandEnd end = run_stress(
      "memory records_twice unopenable --load steps --workflows 6 --activity-ms 0 --quiet", folder);

  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  EXPECT_TRUE(has(end.out, "\nprovider ")) << end.out;
  EXPECT_TRUE(has(end.out, "unopenable: it could not be opened: nobody answers.")) << end.out;
  const Stress told = record_in(folder);
  ASSERT_EQ(told.providers.size(), 3U);
  EXPECT_EQ(verdict_on(told.providers[0]), StressVerdict::right);
  EXPECT_EQ(verdict_on(told.providers[1]), StressVerdict::wrong);
  EXPECT_EQ(verdict_on(told.providers[2]), StressVerdict::undecided);
}

TEST(Stress, what_cannot_be_begun_is_undecided) {
  for (const char* arguments : {"unopenable --workflows 1",
                                "memory --load payloads --workflows 1 --payload-bytes 67108864"}) {
    const CommandEnd end = run_stress(arguments, fresh_folder());

    EXPECT_EQ(end.exit_code, 3) << end.out << end.err;
  }
}

TEST(Stress, a_report_tells_again_what_the_record_says) {
  const std::string folder = fresh_folder();
  const CommandEnd first =
      run_stress("memory --load saga --workflows 3 --activity-ms 0 --quiet", folder + "/a");

  const CommandEnd again = run_command(std::string(ACKPROOF_PROGRAM) + " report " + folder +
                                       "/a/stress.json --out " + folder + "/b");

  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_TRUE(has(first.out, again.out)) << first.out << "\n---\n" << again.out;
  EXPECT_EQ(read_file(folder + "/a/stress.html"), read_file(folder + "/b/stress.html"));
}

TEST(Stress, a_record_that_contradicts_itself_is_refused) {
  const std::string folder = fresh_folder();
  run_stress("memory --load saga --workflows 3 --activity-ms 0 --quiet", folder);
  std::string record = read_file(folder + "/stress.json");
  const std::size_t at = record.find("\"right\": 3,");
  ASSERT_NE(at, std::string::npos);
  std::ofstream(folder + "/stress.json") << record.replace(at, 11, "\"right\": 2,");

  const CommandEnd end =
      run_command(std::string(ACKPROOF_PROGRAM) + " report " + folder + "/stress.json");

  EXPECT_EQ(end.exit_code, 2) << end.out;
  EXPECT_TRUE(has(end.err,
                  "stress.json is not a record of a run: memory contradicts itself: of 3 "
                  "workflows it counts 2 right, 0 wrong, 0 lost and 0 unfinished"))
      << end.err;
  EXPECT_EQ(std::ranges::count(end.err, '\n'), 1) << end.err;
}

// Also what is said while it runs: a line a second.
TEST(Stress, an_interrupt_leaves_a_record_that_says_so) {
  const std::string folder = fresh_folder();

  const CommandEnd end = run_command(
      std::string(ACKPROOF_MISBEHAVING) + " stress memory --load steps --duration 600 --out " +
      folder + " 2>" + folder + "/lines & run=$!; until grep -q 'in flight' " + folder +
      "/lines; do sleep 0.05; done; kill -INT $run; wait $run");

  EXPECT_EQ(end.exit_code, 130) << end.out << end.err;
  EXPECT_TRUE(has(end.out, "memory: interrupted; ")) << end.out;
  const Stressed told = record_in(folder).providers.at(0);
  EXPECT_EQ(told.end, StressEnd::interrupted);
  EXPECT_EQ(told.all.started, told.all.right + told.all.unfinished) << "nothing counts as lost";
  EXPECT_TRUE(std::filesystem::exists(folder + "/stress.html"));
}

TEST(Stress, a_private_server_is_measured_too_and_no_password_is_told) {
  const std::string folder = fresh_folder();
  const CommandEnd end =
      run_stress("on_redis --load steps --workflows 2 --activity-ms 0 --quiet", folder);
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  const Stressed told = record_in(folder).providers.at(0);
  EXPECT_EQ(told.environment.server, "Redis, private");
  ASSERT_TRUE(told.server);
  EXPECT_GT(told.server->peak_bytes, 1U << 20U);

  const std::string uri = "postgresql://ann:s3cr%40t-word@127.0.0.1:1/app?password=0ther-word";
  const CommandEnd asked = run_stress(
      "telling --load steps --workflows 1 --drain 1 --quiet --uri '" + uri + "'", folder + "/b");
  const std::string all = asked.out + asked.err + read_file(folder + "/b/stress.json") +
                          read_file(folder + "/b/stress.html");
  EXPECT_EQ(asked.exit_code, 1) << asked.out;
  EXPECT_TRUE(has(all, "a store at ")) << "the provider's own words are missing";
  for (const char* secret : {"s3cr", "t-word", "0ther"}) {
    EXPECT_FALSE(has(all, secret)) << secret << " is told";
  }
}

// The server is not ours: what was there stays, and nothing is added, also when the process died.
TEST(Stress, nothing_is_left_on_a_given_server) {
  const servers::Server server = servers::start_redis().value();
  const std::string socket = server.uri().substr(server.uri().find("//") + 2);
  run_command("redis-cli -s " + socket + " set others 1");

  for (const auto& [provider, code] : {std::pair{"on_redis", 0}, {"crashing_on_redis", 1}}) {
    const CommandEnd end =
        run_stress(std::string(provider) + " --load steps --workflows 2 --activity-ms 0 --uri '" +
                       server.uri() + "'",
                   fresh_folder());

    EXPECT_EQ(end.exit_code, code) << end.out << end.err;
    EXPECT_EQ(run_command("redis-cli -s " + socket + " keys '*'").out, "others\n") << provider;
  }
}

}  // namespace
}  // namespace ackproof
