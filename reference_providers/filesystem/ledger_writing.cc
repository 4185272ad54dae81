// What is written: frames, and snapshots.
#include <algorithm>

#include "reference_providers/filesystem/errors.h"
#include "reference_providers/filesystem/journal.h"
#include "reference_providers/filesystem/ledger.h"

namespace ackproof::filesystem {

namespace {

// How much room is made at a time: as much as there is already, within these bounds.
constexpr std::uint64_t kLeastGrowth = 64U << 10U;
constexpr std::uint64_t kLargestGrowth = 1U << 20U;

// A snapshot's frames have about this size.
constexpr std::uint64_t kSnapshotFrame = 1U << 20U;

}  // namespace

void Ledger::witness(Effect& effect) {
  encode(effect, pending_, end_ + kFrameHeadBytes, encode_payload);
}

// Writes zeros, as overwriting them later is a change of the content alone. Only behind the present
// end of the file: another handle may have made room, and used it.
void Ledger::make_room(std::uint64_t bytes) {
  if (end_ + bytes <= room_end_) return;
  Files& files = *seams_.files;
  const std::uint64_t begin = std::max(files.size(*file_), end_);
  room_end_ = begin;
  if (end_ + bytes <= begin) return;
  const std::uint64_t growth = std::clamp(end_, kLeastGrowth, kLargestGrowth);
  const std::uint64_t end = std::max(end_ + bytes, begin + growth);
  try {
    files.write(*file_, begin, std::string(end - begin, '\0'));
  } catch (...) {
    files.truncate(*file_, begin);
    throw;
  }
  room_end_ = end;
}

// The effects of the group, durable. Up to the sync nothing has happened: a part of a frame is none,
// and it is behind the mark, so others write over it.
void Ledger::commit() {
  const std::string frame = make_frame(generation_, sequence_ + 1, pending_);
  make_room(frame.size());
  seams_.files->write(*file_, end_, frame);
  try {
    seams_.files->sync(*file_);
    lock_->set_mark({generation_, end_ + frame.size()});
  } catch (const std::exception& failure) {
    throw Refused(ErrorKind::unknown_outcome, failure.what());
  }
  end_ += frame.size();
  ++sequence_;
  pending_.payloads.clear();
  pending_.keys.clear();
}

bool Ledger::has_grown() const {
  const std::uint64_t growth = end_ - snapshot_end_;
  return growth > seams_.snapshot_after && growth > seams_.snapshot_times * snapshot_end_ &&
         end_ >= no_snapshot_before_;
}

// A new journal that begins with all there is takes the place of the old one. Whatever fails, the
// store is whole: up to the renaming as the old file, afterwards as the new one.
void Ledger::take_snapshot() {
  Files& files = *seams_.files;
  Header header;
  try {
    header.generation = fresh_generation();
    const auto file = files.open(snapshot_path(), Files::Open::anew);
    header.snapshot_end = write_snapshot(*file, header.generation);
    files.write(*file, 0, encode_header(header));
    files.sync(*file);
  } catch (...) {
    no_snapshot_before_ = end_ + seams_.snapshot_after;
    return;
  }
  try {
    // While the mark is void, whoever comes next looks at the file, whichever it is then.
    lock_->set_mark({});
    files.rename(snapshot_path(), journal_path());
    files.sync_folder(folder_);
    lock_->set_mark({header.generation, header.snapshot_end});
  } catch (...) {
    // The next call finds out.
  }
  forget();
}

// Answers where it ends.
std::uint64_t Ledger::write_snapshot(const File& file, std::uint64_t generation) {
  Files& files = *seams_.files;
  Window old(files, *file_);
  const StoredForm as_stored = [&](const Bytes& bytes) {
    const Place place = place_in(bytes);
    return std::string(old.at(place.offset, place.size));  // Damaged, if it is.
  };
  Encoded frame;
  std::uint64_t end = kHeaderBytes;
  std::uint64_t sequence = 0;
  const auto write = [&] {
    if (frame.empty()) return;
    const std::string bytes = make_frame(generation, ++sequence, frame);
    files.write(file, end, bytes);
    end += bytes.size();
    frame = {};
  };
  store_->dump([&](Effect effect) {
    if (seams_.filter && !seams_.filter(Seams::When::in_snapshot, effect)) return;
    encode(effect, frame, end + kFrameHeadBytes, as_stored);
    if (frame.payloads.size() + frame.keys.size() >= kSnapshotFrame) write();
  });
  write();
  return end;
}

}  // namespace ackproof::filesystem
