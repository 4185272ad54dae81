// How the index is made from the journal, and kept up with what others write.
//
// Everything here may be interrupted anywhere, and is begun anew by the next one: it only removes
// what was never acknowledged, and makes durable what is there.
#include <algorithm>

#include "reference_providers/filesystem/errors.h"
#include "reference_providers/filesystem/journal.h"
#include "reference_providers/filesystem/ledger.h"

namespace ackproof::filesystem {

namespace {

[[noreturn]] void refuse(const std::string& what, std::uint64_t offset) {
  throw Refused(ErrorKind::corrupt,
                "the journal is damaged: " + what + ", at byte " + std::to_string(offset));
}

constexpr std::uint64_t kRewritten = 1U << 20U;

}  // namespace

// A folder with other things in it is not taken for a new store.
void Ledger::demand_own_folder() const {
  const std::vector<std::string> names = seams_.files->names_in(folder_);
  if (std::ranges::find(names, "journal") != names.end()) {
    const auto file = seams_.files->open(journal_path(), Files::Open::existing);
    if (file != nullptr) read_header(*seams_.files, *file);
    return;
  }
  for (const std::string& name : names) {
    if (name == "lock" || name == "journal.new") continue;
    throw Refused(ErrorKind::invalid,
                  "the folder " + folder_.string() + " has no journal in it, but \"" + name + "\"");
  }
}

void Ledger::load() {
  forget();
  Files& files = *seams_.files;
  const Mark mark = lock_->mark();
  files.remove(snapshot_path());  // One that was interrupted, if there is one.
  std::shared_ptr<File> file = files.open(journal_path(), Files::Open::existing);
  if (file == nullptr) {
    if (mark.generation != 0) throw Refused(ErrorKind::corrupt, "the journal is gone");
    create();
    file = files.open(journal_path(), Files::Open::existing);
  }
  const Header header = read_header(files, *file);
  const bool is_proven = mark.generation == header.generation;
  const std::uint64_t known = is_proven ? mark.end : header.snapshot_end;
  Index index{.store = std::make_unique<memory::Store>(limits_),
              .file = file,
              .generation = header.generation,
              .snapshot_end = header.snapshot_end};
  read_frames(index, known);
  if (index.end < known) refuse("an acknowledged record cannot be read", index.end);
  cut(index);
  if (!is_proven || index.end > known) prove(*file, known, index.end, is_proven);
  const Mark proven{index.generation, index.end};
  if (mark != proven) lock_->set_mark(proven);
  use(std::move(index));
}

// Up to the first that is none. What was acknowledged ends at `known`, or later.
void Ledger::read_frames(Index& index, std::uint64_t known) const {
  FrameReader reader(*seams_.files, *index.file, index.generation, index.end, index.sequence);
  while (reader.next() == FrameReader::Found::frame) {
    // The last one counts only as a whole, unless it was acknowledged.
    const bool is_sure = reader.end() <= known || reader.payloads_are_whole() ||
                         reader.is_frame_behind(reader.sequence() + 1);
    if (!is_sure) return;
    apply(Seams::When::loading, reader, *index.store);
    index.end = reader.end();
    index.sequence = reader.sequence();
  }
}

// An empty journal comes into being as a snapshot does, with all it needs or not at all.
void Ledger::create() {
  Files& files = *seams_.files;
  const auto file = files.open(snapshot_path(), Files::Open::anew);
  files.write(*file, 0, encode_header({.generation = fresh_generation()}));
  files.sync(*file);
  files.rename(snapshot_path(), journal_path());
}

// What others have written is complete, as they have set the mark behind it.
void Ledger::catch_up(const Mark& mark) {
  FrameReader reader(*seams_.files, *index_.file, index_.generation, index_.end, index_.sequence);
  while (reader.end() < mark.end) {
    if (reader.next() != FrameReader::Found::frame) {
      refuse("an acknowledged record cannot be read", reader.end());
    }
    apply(Seams::When::catching_up, reader, *index_.store);
  }
  if (reader.end() != mark.end) refuse("a record ends behind the mark", reader.end());
  index_.end = reader.end();
  index_.sequence = reader.sequence();
}

void Ledger::apply(Seams::When when, const FrameReader& reader, memory::Store& store) const {
  decode(reader.keys(), reader.payloads(), reader.payload_bytes(), [&](Effect effect) {
    if (seams_.filter && !seams_.filter(when, effect)) return;
    if (!store.fits(effect)) refuse("a record contradicts those before it", reader.end());
    store.apply(std::move(effect));
  });
}

// Removes the remains of a frame that was never completed, behind the last one that was. If a later
// frame is there, this one had been completed, and it is damage that must not go unnoticed.
void Ledger::cut(const Index& index) {
  FrameReader rest(*seams_.files, *index.file, index.generation, index.end, index.sequence);
  if (rest.is_blank_from_here()) return;
  if (rest.is_frame_behind(index.sequence + 2)) {
    refuse("a record before the last one cannot be read", index.end);
  }
  seams_.files->truncate(*index.file, index.end);
  seams_.files->sync(*index.file);
}

// Makes what is there durable, with its name and that of the folder. It is written again, because
// after a failed sync the system may take for written what is not.
void Ledger::prove(const File& file, std::uint64_t begin, std::uint64_t end, bool has_name) {
  Files& files = *seams_.files;
  for (std::uint64_t at = begin; at < end; at += kRewritten) {
    files.write(file, at, files.read(file, at, std::min(kRewritten, end - at)));
  }
  if (begin < end) files.sync(file);
  if (has_name) return;
  files.sync_folder(folder_);
  files.sync_folder(folder_ / "..");
}

}  // namespace ackproof::filesystem
