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
  encode(effect, pending_, index_.end + kFrameHeadBytes, encode_payload);
}

// Writes zeros, as overwriting them later is a change of the content alone. Only behind the present
// end of the file: another handle may have made room, and used it.
void Ledger::make_room(std::uint64_t bytes) {
  if (index_.end + bytes <= room_end_) return;
  Files& files = *seams_.files;
  const std::uint64_t begin = std::max(files.size(*index_.file), index_.end);
  room_end_ = begin;
  if (index_.end + bytes <= begin) return;
  const std::uint64_t growth = std::clamp(index_.end, kLeastGrowth, kLargestGrowth);
  const std::uint64_t end = std::max(index_.end + bytes, begin + growth);
  try {
    files.write(*index_.file, begin, std::string(end - begin, '\0'));
  } catch (...) {
    files.truncate(*index_.file, begin);
    throw;
  }
  room_end_ = end;
}

// The effects of the group, durable. Up to the sync nothing has happened: a part of a frame is none,
// and it is behind the mark, so others write over it.
void Ledger::commit() {
  const std::string frame = make_frame(index_.generation, index_.sequence + 1, pending_);
  make_room(frame.size());
  seams_.files->write(*index_.file, index_.end, frame);
  try {
    seams_.files->sync(*index_.file);
    lock_->set_mark({index_.generation, index_.end + frame.size()});
  } catch (const std::exception& failure) {
    throw Refused(ErrorKind::unknown_outcome, failure.what());
  }
  index_.end += frame.size();
  ++index_.sequence;
  pending_.payloads.clear();
  pending_.keys.clear();
}

bool Ledger::has_grown() const {
  const std::uint64_t growth = index_.end - index_.snapshot_end;
  return growth > seams_.snapshot_after && growth > seams_.snapshot_times * index_.snapshot_end &&
         index_.end >= no_snapshot_before_;
}

// A new journal that begins with all there is takes the place of the old one. Whatever fails, the
// store is whole: up to the renaming as the old file, afterwards as the new one.
void Ledger::take_snapshot() {
  Files& files = *seams_.files;
  std::optional<Index> fresh;
  try {
    fresh = write_snapshot();
  } catch (...) {
    no_snapshot_before_ = index_.end + seams_.snapshot_after;
  }
  try {
    if (!fresh) return files.remove(snapshot_path());  // Others may need the room.
    // While the mark is void, whoever comes next looks at the file, whichever it is then.
    lock_->set_mark({});
    files.rename(snapshot_path(), journal_path());
    files.sync_folder(folder_);
    lock_->set_mark({fresh->generation, fresh->end});
    use(std::move(*fresh));
  } catch (...) {
    forget();  // The next call finds out.
  }
}

// The index comes with it, as its payloads have other places there.
Ledger::Index Ledger::write_snapshot() {
  Files& files = *seams_.files;
  Index fresh{.store = std::make_unique<memory::Store>(limits_),
              .file = files.open(snapshot_path(), Files::Open::anew),
              .generation = fresh_generation()};
  Window old(files, *index_.file);
  const StoredForm as_stored = [&](const Bytes& bytes) {
    const Place place = place_in(bytes);
    return std::string(old.at(place.offset, place.size));  // Damaged, if it is.
  };
  Encoded frame;
  const auto write = [&] {
    if (frame.empty()) return;
    const std::string bytes = make_frame(fresh.generation, ++fresh.sequence, frame);
    files.write(*fresh.file, fresh.end, bytes);
    fresh.end += bytes.size();
    frame = {};
  };
  index_.store->dump([&](Effect effect) {
    if (seams_.filter && !seams_.filter(Seams::When::in_snapshot, effect)) return;
    encode(effect, frame, fresh.end + kFrameHeadBytes, as_stored);
    fresh.store->apply(std::move(effect));
    if (frame.payloads.size() + frame.keys.size() >= kSnapshotFrame) write();
  });
  write();
  fresh.snapshot_end = fresh.end;
  files.write(*fresh.file, 0, encode_header({fresh.generation, fresh.snapshot_end}));
  files.sync(*fresh.file);
  return fresh;
}

}  // namespace ackproof::filesystem
