// Power is lost after each change to the files: what was synced is there, and of the rest anything,
// in pieces of a sector. Afterwards each call that returned has to be there, and the one that did
// not wholly or not at all.
//
// A file keeps what was synced with it; a name in a folder is durable once the folder was synced.
// Names that were not synced are lost from some point on, as a file system's own journal has it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>
#include <random>

#include "contract/json.h"
#include "reference_providers/filesystem/errors.h"
#include "tests/filesystem/workload.h"

namespace ackproof::filesystem {
namespace {

constexpr std::size_t kSector = 512;

// A file that may be lost: by number, as its name may change.
struct Node {
  std::string synced;
  struct Write {
    std::uint64_t offset = 0;
    std::string bytes;
    std::optional<std::uint64_t> size;  // A truncation, to this.
  };
  std::vector<Write> pending;
};

using Names = std::map<std::string, int>;

struct Disk {
  std::vector<Node> nodes;
  Names synced;
  std::vector<Names> pending;  // What the folder was after each change since it was synced.

  const Names& names() const { return pending.empty() ? synced : pending.back(); }
};

void apply(std::string& content, const Node::Write& write, std::size_t from, std::size_t to) {
  if (write.size) {
    content.resize(*write.size, '\0');
    return;
  }
  const std::size_t end = write.offset + to;
  if (content.size() < end) content.resize(end, '\0');
  content.replace(write.offset + from, to - from, write.bytes, from, to - from);
}

// Passes everything on, and keeps what the disk would have. After each change it calls `look`.
class WatchedFiles : public Files {
 public:
  explicit WatchedFiles(std::function<void(const Disk&)> look) : look_(std::move(look)) {}

  std::shared_ptr<File> open(const std::filesystem::path& path, Open how) override {
    auto file = Files::open(path, how);
    if (file == nullptr) return file;
    Names names = disk_.names();
    const auto [entry, is_new] = names.try_emplace(path.filename(), disk_.nodes.size());
    if (is_new) disk_.nodes.emplace_back();
    nodes_[file->descriptor()] = entry->second;
    if (!is_new && how == Open::anew) note(*file, {.size = 0});
    if (is_new) name(std::move(names));
    return file;
  }
  void write(const File& file, std::uint64_t offset, std::string_view bytes) override {
    Files::write(file, offset, bytes);
    note(file, {.offset = offset, .bytes = std::string(bytes), .size = std::nullopt});
  }
  void truncate(const File& file, std::uint64_t size) override {
    Files::truncate(file, size);
    note(file, {.size = size});
  }
  void sync(const File& file) override {
    Node& node = disk_.nodes[nodes_.at(file.descriptor())];
    if (++syncs_ == failing_) {
      node.pending.clear();  // The system takes for written what it could not write.
      throw FileError("injected", EIO);
    }
    Files::sync(file);
    for (const Node::Write& write : node.pending) {
      apply(node.synced, write, 0, write.bytes.size());
    }
    node.pending.clear();
    look_(disk_);
  }
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    Files::rename(from, to);
    Names names = disk_.names();
    names[to.filename()] = names.at(from.filename());
    names.erase(from.filename());
    name(std::move(names));
  }
  void remove(const std::filesystem::path& path) override {
    Files::remove(path);
    Names names = disk_.names();
    if (names.erase(path.filename()) > 0) name(std::move(names));
  }
  void sync_folder(const std::filesystem::path& folder) override {
    Files::sync_folder(folder);
    if (folder.filename() == "..") return;
    disk_.synced = disk_.names();
    disk_.pending.clear();
    look_(disk_);
  }

  // Lets the n-th sync fail, counted from now on.
  void fail_sync(int n) { failing_ = syncs_ + n; }
  bool has_failed() const { return failing_ != 0 && syncs_ >= failing_; }
  const Disk& disk() const { return disk_; }

 private:
  void note(const File& file, Node::Write write) {
    disk_.nodes[nodes_.at(file.descriptor())].pending.push_back(std::move(write));
    look_(disk_);
  }
  void name(Names names) {
    disk_.pending.push_back(std::move(names));
    look_(disk_);
  }

  const std::function<void(const Disk&)> look_;
  Disk disk_;
  std::map<int, int> nodes_;  // By descriptor.
  int syncs_ = 0;
  int failing_ = 0;
};

// How much of what was not synced is there all the same.
enum class Kept { nothing, everything, some };

std::string content_of(const Node& node, Kept kept, std::mt19937& random) {
  std::string content = node.synced;
  for (const Node::Write& write : node.pending) {
    if (kept == Kept::nothing) break;
    for (std::size_t from = 0; from < std::max<std::size_t>(write.bytes.size(), 1);) {
      // Sectors of the file, not of the write.
      const std::size_t sector_end = kSector - (write.offset + from) % kSector;
      const std::size_t to = std::min(write.bytes.size(), from + sector_end);
      if (kept == Kept::everything || random() % 2 == 0) apply(content, write, from, to);
      from = std::max(to, from + 1);
    }
  }
  return content;
}

void build(const Disk& disk, Kept kept, std::mt19937& random, const std::filesystem::path& folder) {
  std::size_t kept_names = kept == Kept::everything ? disk.pending.size() : 0;
  if (kept == Kept::some) kept_names = random() % (disk.pending.size() + 1);
  const Names& names = kept_names == 0 ? disk.synced : disk.pending[kept_names - 1];
  std::filesystem::create_directory(folder);
  for (const auto& [name, number] : names) {
    std::ofstream(folder / name, std::ios::binary)
        << content_of(disk.nodes[static_cast<std::size_t>(number)], kept, random);
  }
}

TEST(FilesystemPower, a_power_loss_after_any_change_loses_nothing_that_was_acknowledged) {
  std::mt19937 random(1);  // The same disks in every run.
  std::size_t acked = 0;
  std::uint64_t states = 0;
  const std::filesystem::path root = fresh_store().parent_path();
  const auto lose_power = [&](const Disk& disk) {
    for (const Kept kept : {Kept::nothing, Kept::everything, Kept::some, Kept::some, Kept::some}) {
      const std::filesystem::path folder = root / "after";
      build(disk, kept, random, folder);
      ASSERT_TRUE(is_whole(look_of_store(folder), acked)) << "state " << states;
      std::filesystem::remove_all(folder);
      ++states;
    }
  };
  const auto provider =
      open_store(root / "store", small_snapshots(std::make_shared<WatchedFiles>(lose_power)));
  Tokens tokens;
  for (const Step& step : workload()) {
    step(*provider, tokens);
    ++acked;
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(states, 500U);
}

// What can be seen without changing anything.
std::string glance(Provider& provider) {
  return to_json(provider.read_totals().value()) + to_json(provider.read_queue_depths().value());
}

// After a failed sync the change may be there or not. But once it was seen, it stays.
TEST(FilesystemPower, what_is_seen_after_a_failed_sync_survives_a_power_loss) {
  std::mt19937 random(1);
  bool has_failed = true;
  int n = 1;
  for (; has_failed; ++n) {
    const std::filesystem::path root = fresh_store().parent_path();
    const auto files = std::make_shared<WatchedFiles>([](const Disk&) {});
    const auto provider = open_store(root / "store", small_snapshots(files));
    files->fail_sync(n);
    Tokens tokens;
    std::size_t done = 0;
    try {
      for (; done < workload().size(); ++done) workload()[done](*provider, tokens);
    } catch (const BadResult& result) {
      EXPECT_EQ(result.error().kind, ErrorKind::unknown_outcome);
    }
    has_failed = files->has_failed();
    const std::string seen = glance(*provider);

    build(files->disk(), Kept::nothing, random, root / "after");

    EXPECT_EQ(glance(*open_store(root / "after")), seen) << "sync " << n << ", call " << done;
    std::filesystem::remove_all(root);
  }
  EXPECT_GT(n, static_cast<int>(workload().size()));
}

}  // namespace
}  // namespace ackproof::filesystem
