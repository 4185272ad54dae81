#include "harness/stress/board.h"

#include <algorithm>

namespace ackproof::stress {

namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t microseconds(Clock::duration span) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(
      0, std::chrono::duration_cast<std::chrono::microseconds>(span).count()));
}

}  // namespace

Board::Board(std::uint64_t places, Moment begin)
    : places_(places),
      begin_(begin),
      free_(places, begin),
      ramp_end_(begin),
      round_end_(begin),
      last_end_(begin) {}

std::uint64_t Board::since_begin(Moment moment) const { return microseconds(moment - begin_); }

StressSecond& Board::second_of(Moment moment) {
  const auto number = static_cast<std::size_t>(since_begin(moment) / 1'000'000);
  if (seconds_.size() <= number) seconds_.resize(number + 1);
  return seconds_[number];
}

std::optional<Moment> Board::take_place(Moment limit) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_until(lock, limit, [this] { return !free_.empty(); })) return std::nullopt;
  const Moment due = free_.front();
  free_.pop_front();
  return due;
}

void Board::began(const Flow& flow) {
  const std::lock_guard lock(mutex_);
  const Moment now = Clock::now();
  open_.emplace(flow.instance, Open{flow, now});
  ++started_;
  ++started_by_load_[flow.load];
  ++second_of(now).started;
}

bool Board::withdraw(const std::string& instance) {
  const std::lock_guard lock(mutex_);
  const bool was_open = open_.erase(instance) > 0;
  changed_.notify_all();
  return was_open;
}

void Board::stop_feeding() {
  const std::lock_guard lock(mutex_);
  feed_end_ = Clock::now();
}

bool Board::wait_until_drained(Moment limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, limit, [this] { return open_.empty(); });
}

void Board::ended(const std::string& instance) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(instance);
  if (found == open_.end()) return;
  const Moment now = Clock::now();
  Flow& flow = found->second.flow;
  const std::uint64_t latency = microseconds(now - flow.due);
  all_.add(latency);
  by_load_[flow.load].add(latency);
  StressSecond& second = second_of(now);
  ++second.ended;
  second.slowest_us = std::max(second.slowest_us, latency);
  ++ended_count_;
  if (ended_count_ <= places_) ramp_end_ = now;
  if (!feed_end_ && ended_count_ % places_ == 0) {
    round_end_ = now;
    ended_in_rounds_ = ended_count_;
  }
  last_end_ = now;
  free_.push_back(now);
  ended_.push_back(std::move(flow));
  open_.erase(found);
  changed_.notify_all();
}

std::vector<std::string> Board::long_under_way(Duration span) {
  const std::lock_guard lock(mutex_);
  const Moment now = Clock::now();
  std::vector<std::string> found;
  for (auto& [instance, open] : open_) {
    if (now - open.looked_at < span) continue;
    open.looked_at = now;
    found.push_back(instance);
  }
  return found;
}

std::optional<Flow> Board::take_ended(Duration patience) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [this] { return !ended_.empty(); })) return std::nullopt;
  Flow flow = std::move(ended_.front());
  ended_.pop_front();
  return flow;
}

std::vector<Flow> Board::under_way() const {
  const std::lock_guard lock(mutex_);
  std::vector<Flow> flows;
  for (const auto& [instance, open] : open_) flows.push_back(open.flow);
  return flows;
}

Board::Numbers Board::numbers() const {
  const std::lock_guard lock(mutex_);
  return {started_, ended_count_, open_.size()};
}

StressPhases Board::phases() const {
  const std::lock_guard lock(mutex_);
  StressPhases phases;
  phases.ramp_us = since_begin(ramp_end_);
  phases.feed_us = since_begin(feed_end_.value_or(last_end_));
  phases.whole_us = since_begin(last_end_);
  if (ended_in_rounds_ > places_) {
    phases.ended_between = ended_in_rounds_ - places_;
    phases.between_us = microseconds(round_end_ - ramp_end_);
  }
  return phases;
}

std::vector<StressSecond> Board::seconds() const {
  const std::lock_guard lock(mutex_);
  std::vector<StressSecond> seconds = seconds_;
  std::uint64_t under_way = 0;
  for (StressSecond& second : seconds) {
    under_way += second.started - second.ended;
    second.under_way = under_way;
  }
  return seconds;
}

Latency Board::latency() const {
  const std::lock_guard lock(mutex_);
  return all_.told();
}

Latency Board::latency(const Load& load) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_load_.find(&load);
  return found == by_load_.end() ? Latency() : found->second.told();
}

std::uint64_t Board::started(const Load& load) const {
  const std::lock_guard lock(mutex_);
  const auto found = started_by_load_.find(&load);
  return found == started_by_load_.end() ? 0 : found->second;
}

}  // namespace ackproof::stress
