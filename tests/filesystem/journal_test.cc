// What damage to the journal comes to: the remains of an unfinished write are cut off, everything
// else is noticed.
#include "reference_providers/filesystem/journal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "reference_providers/filesystem/checksum.h"
#include "reference_providers/filesystem/filesystem_provider.h"
#include "tests/filesystem/workload.h"
#include "tests/support/command.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof::filesystem {
namespace {

using testing_support::read_file;

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// The files of a store that was closed.
struct Copy {
  std::string journal;
  std::string lock;
};

Copy copy_of(const std::filesystem::path& folder) {
  return {read_file(folder / "journal"), read_file(folder / "lock")};
}

// A new store with these files. Without `lock` nobody knows what was acknowledged.
std::filesystem::path store_of(const std::string& journal, const std::string& lock) {
  const std::filesystem::path folder = fresh_store();
  std::filesystem::create_directory(folder);
  write_file(folder / "journal", journal);
  if (!lock.empty()) write_file(folder / "lock", lock);
  return folder;
}

Result<std::unique_ptr<Provider>> try_to_open(const std::filesystem::path& folder) {
  return open(folder, std::make_shared<ManualClock>());
}

// Where the frames of a journal end, the first entry being where they begin.
std::vector<std::uint64_t> frame_ends(const std::filesystem::path& folder) {
  Files files;
  const auto file = files.open(folder / "journal", Files::Open::existing);
  const Header header = read_header(files, *file);
  FrameReader reader(files, *file, header.generation, kHeaderBytes, 0);
  std::vector<std::uint64_t> ends = {reader.end()};
  while (reader.next() == FrameReader::Found::frame) ends.push_back(reader.end());
  return ends;
}

// A store with three events and a message behind them, one call after the other.
Copy small_store(std::vector<std::uint64_t>& ends) {
  const std::filesystem::path folder = fresh_store();
  {
    const auto provider = open_store(folder);
    create_instance(*provider, "order");
    commit_turn(*provider, "order", commit_events({event(2), event(3)}));
    provider->enqueue_message(external("order", 7)).value();
  }
  ends = frame_ends(folder);
  return copy_of(folder);
}

TEST(FilesystemJournal, a_tail_torn_anywhere_is_cut_off) {
  std::vector<std::uint64_t> ends;
  const Copy whole = small_store(ends);
  const std::uint64_t last = ends[ends.size() - 2];
  for (std::uint64_t torn = last; torn < ends.back(); ++torn) {
    for (const bool is_followed_by_zeros : {false, true}) {
      std::string journal = whole.journal.substr(0, torn);
      if (is_followed_by_zeros) journal.resize(whole.journal.size(), '\0');
      const std::filesystem::path folder = store_of(journal, "");

      const auto provider = open_store(folder);

      EXPECT_EQ(provider->read_history("order").value(), events(1, 3)) << torn;
      ASSERT_TRUE(drain_messages(*provider).empty()) << torn;
      EXPECT_EQ(frame_ends(folder)[ends.size() - 2], last) << torn;
      std::filesystem::remove_all(folder.parent_path());
    }
  }
}

// A power loss may keep any of the sectors that were not synced.
TEST(FilesystemJournal, a_tail_whose_beginning_is_missing_is_cut_off) {
  std::vector<std::uint64_t> ends;
  const Copy whole = small_store(ends);
  for (std::uint64_t from = ends[ends.size() - 2] + 1; from < ends.back(); ++from) {
    std::string journal = whole.journal;
    for (std::uint64_t at = ends[ends.size() - 2]; at < from; ++at) journal[at] = '\0';
    const std::filesystem::path folder = store_of(journal, "");

    const auto provider = open_store(folder);

    ASSERT_TRUE(drain_messages(*provider).empty()) << from;
    provider->enqueue_message(external("order", 8)).value();
    EXPECT_EQ(drain_messages(*open_store(folder)), std::vector{external("order", 8)});
    std::filesystem::remove_all(folder.parent_path());
  }
}

TEST(FilesystemJournal, a_tail_with_a_wrong_byte_anywhere_is_cut_off) {
  std::vector<std::uint64_t> ends;
  const Copy whole = small_store(ends);
  for (std::uint64_t at = ends[ends.size() - 2]; at < ends.back(); ++at) {
    std::string journal = whole.journal;
    journal[at] = static_cast<char>(~journal[at]);
    const std::filesystem::path folder = store_of(journal, "");

    EXPECT_TRUE(drain_messages(*open_store(folder)).empty()) << at;
    std::filesystem::remove_all(folder.parent_path());
  }
}

TEST(FilesystemJournal, a_tail_that_was_acknowledged_is_never_cut_off) {
  std::vector<std::uint64_t> ends;
  const Copy whole = small_store(ends);
  for (std::uint64_t torn = ends[ends.size() - 2]; torn < ends.back(); ++torn) {
    const std::filesystem::path folder = store_of(whole.journal.substr(0, torn), whole.lock);

    EXPECT_TRUE(fails_with(try_to_open(folder), ErrorKind::corrupt)) << torn;

    EXPECT_EQ(read_file(folder / "journal"), whole.journal.substr(0, torn)) << torn;
    std::filesystem::remove_all(folder.parent_path());
  }
}

// Damage to a payload concerns this payload; any other concerns the store. With and without the
// knowledge of what was acknowledged.
TEST(FilesystemJournal, a_flipped_byte_before_the_last_frame_is_noticed_wherever_it_is) {
  std::vector<std::uint64_t> ends;
  const Copy whole = small_store(ends);
  for (std::uint64_t at = 0; at < ends[ends.size() - 2]; ++at) {
    for (const std::string& lock : {whole.lock, std::string()}) {
      std::string journal = whole.journal;
      journal[at] = static_cast<char>(~journal[at]);
      const std::filesystem::path folder = store_of(journal, lock);

      const auto opened = try_to_open(folder);

      if (opened) {
        const auto history = opened.value()->read_history("order");
        const auto turn = opened.value()->fetch_turn({}).value();
        const bool is_in_a_consumed_message = history && history.value() == events(1, 3);
        EXPECT_TRUE(is_in_a_consumed_message || fails_with(history, ErrorKind::corrupt)) << at;
        EXPECT_EQ(turn->history_error.has_value(), !history) << at;
        EXPECT_EQ(turn->messages, std::vector{external("order", 7)}) << at;
      } else {
        constexpr std::size_t kProgramMark = 8;
        const ErrorKind expected = at < kProgramMark ? ErrorKind::invalid : ErrorKind::corrupt;
        EXPECT_TRUE(fails_with(opened, expected)) << at;
        EXPECT_EQ(read_file(folder / "journal"), journal) << "it was changed, for byte " << at;
      }
      std::filesystem::remove_all(folder.parent_path());
    }
  }
}

TEST(FilesystemJournal, a_flipped_byte_in_the_last_frame_is_noticed_if_it_was_acknowledged) {
  std::vector<std::uint64_t> ends;
  const Copy whole = small_store(ends);
  for (std::uint64_t at = ends[ends.size() - 2]; at < ends.back(); ++at) {
    std::string journal = whole.journal;
    journal[at] = static_cast<char>(~journal[at]);
    const std::filesystem::path folder = store_of(journal, whole.lock);

    const auto opened = try_to_open(folder);

    if (opened) {
      const auto turn = opened.value()->fetch_turn({}).value();
      ASSERT_TRUE(turn.has_value()) << at;
      EXPECT_TRUE(turn->messages.at(0).error.has_value()) << at;
    } else {
      EXPECT_TRUE(fails_with(opened, ErrorKind::corrupt)) << at;
    }
    std::filesystem::remove_all(folder.parent_path());
  }
}

// What looks like a frame of this very journal, in a payload of the last one, is none.
TEST(FilesystemJournal, a_frame_within_a_torn_payload_is_not_taken_for_a_later_one) {
  const std::filesystem::path folder = fresh_store();
  {
    const auto provider = open_store(folder);
    provider->enqueue_message(start("order")).value();
    Message copy = external("order", 1);
    copy.payload = read_file(folder / "journal").substr(0, 4'096);
    provider->enqueue_message(copy).value();
  }
  const std::vector<std::uint64_t> ends = frame_ends(folder);
  const std::string torn = read_file(folder / "journal").substr(0, ends.back() - 1);

  const auto provider = open_store(store_of(torn, ""));

  EXPECT_EQ(drain_messages(*provider), std::vector{start("order")});
}

TEST(FilesystemJournal, a_later_format_is_refused_and_left_alone) {
  std::vector<std::uint64_t> ends;
  const Copy whole = small_store(ends);
  std::string journal = whole.journal;
  journal[8] = static_cast<char>(kFormatVersion + 1);
  const std::uint32_t sum = checksum(std::string_view(journal).substr(0, 12));
  for (unsigned i = 0; i < 4; ++i) journal[12 + i] = static_cast<char>(sum >> (8 * i));
  const std::filesystem::path folder = store_of(journal, whole.lock);

  EXPECT_TRUE(fails_with(try_to_open(folder), ErrorKind::unsupported));
  EXPECT_EQ(read_file(folder / "journal"), journal);
}

TEST(FilesystemJournal, the_folder_of_something_else_is_refused_and_left_alone) {
  const std::filesystem::path photos = fresh_store();
  std::filesystem::create_directory(photos);
  write_file(photos / "holiday.jpg", "x");
  const std::filesystem::path other = store_of("a diary", "");

  EXPECT_TRUE(fails_with(try_to_open(photos), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(try_to_open(other), ErrorKind::invalid));
  EXPECT_FALSE(try_to_open(photos / "holiday.jpg").has_value());
  EXPECT_FALSE(try_to_open("/nonexistent/folder/store").has_value());
  EXPECT_FALSE(std::filesystem::exists(photos / "lock"));
  EXPECT_FALSE(std::filesystem::exists(other / "lock"));
}

TEST(FilesystemJournal, a_journal_that_is_gone_is_not_replaced_by_an_empty_one) {
  const std::filesystem::path folder = fresh_store();
  open_store(folder)->enqueue_message(start("order")).value();
  std::filesystem::remove(folder / "journal");

  EXPECT_TRUE(fails_with(try_to_open(folder), ErrorKind::corrupt));
}

TEST(FilesystemJournal, the_remains_of_an_interrupted_snapshot_are_removed) {
  std::vector<std::uint64_t> ends;
  const Copy whole = small_store(ends);
  const std::filesystem::path folder = store_of(whole.journal, whole.lock);
  write_file(folder / "journal.new", whole.journal.substr(0, 100));

  const auto provider = open_store(folder);

  EXPECT_EQ(provider->read_history("order").value(), events(1, 3));
  EXPECT_FALSE(std::filesystem::exists(folder / "journal.new"));
}

TEST(FilesystemJournal, a_snapshot_holds_all_there_is_and_no_more) {
  const std::filesystem::path folder = fresh_store();
  Seams seams;
  seams.snapshot_after = 0;
  seams.snapshot_times = 0;
  run_workload(*open_store(folder, seams));
  Files files;
  const auto file = files.open(folder / "journal", Files::Open::existing);

  EXPECT_GT(read_header(files, *file).snapshot_end, kHeaderBytes);
  EXPECT_EQ(look_of_store(folder), looks().back());
}

TEST(FilesystemJournal, a_journal_does_not_grow_for_ever) {
  const std::filesystem::path folder = fresh_store();
  const auto provider = open_store(folder, small_snapshots());
  for (std::uint64_t id = 1; id <= 200; ++id) {
    provider->enqueue_activity(activity("order", id)).value();
    provider->ack_activity(take_activity(*provider).token, std::nullopt).value();
  }
  EXPECT_LT(frame_ends(folder).back(), 6'000U);
}

TEST(FilesystemJournal, no_id_names_a_file) {
  const std::filesystem::path folder = fresh_store();
  const std::vector<std::string> ids = {"..",  "/etc/passwd", "a/b",   std::string(1'024, 'i'),
                                        "CON", "order",       "ORDER", "journal"};
  {
    const auto provider = open_store(folder, small_snapshots());
    for (const std::string& id : ids) create_instance(*provider, id);
  }

  std::vector<std::string> names = Files().names_in(folder);
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"journal", "lock"}));
  const auto provider = open_store(folder);
  for (const std::string& id : ids) EXPECT_EQ(provider->read_history(id).value(), events(1, 1));
}

// So that a journal of today can be read tomorrow: what each effect is as bytes.
TEST(FilesystemJournal, the_format_is_as_it_was) {
  Encoded out;
  Effect taken = memory::TurnTaken{.instance = "order",
                                   .batch = {1, 300},
                                   .token = "t",
                                   .taken_at = Time(Duration(-1)),
                                   .until = Time(Duration(64))};
  encode(taken, out, 0, encode_payload);
  EXPECT_EQ(out.keys, std::string("\x02\x05order\x02\x01\xac\x02\x01t\x01\x80\x01", 16));

  Encoded put;
  Effect message = memory::MessagePut{
      .message = {.kind = MessageKind::external_raised, .target = "o", .id = 7, .payload = "p"},
      .visible_at = Time(Duration(1))};
  encode(message, put, 1'000, encode_payload);
  EXPECT_EQ(put.keys, std::string("\x01\x05\x01o\x00\x07\x00\x00\x00\x00\x00\x05\x02", 13));
  EXPECT_EQ(put.payloads.substr(4), "p");
  EXPECT_EQ(place_in(std::get<memory::MessagePut>(message).message.payload).offset, 1'000U);
}

TEST(FilesystemJournal, checksums_are_as_they_were) {
  EXPECT_NE(checksum(""), 0U);
  EXPECT_NE(checksum(std::string(8, '\0')), 0U);
  EXPECT_NE(checksum("123456789", 1), checksum("123456789", 2));
  // Made by another program, bit by bit.
  EXPECT_EQ(checksum("123456789abcdefghi"), 0x36522BAAU);
}

}  // namespace
}  // namespace ackproof::filesystem
