#include "validations/model/op.h"

#include <rapidcheck.h>

#include <array>

namespace ackproof::model {

namespace {

constexpr std::array<const char*, 21> kNames = {"enqueue_message",
                                                "fetch_turn",
                                                "ack_turn",
                                                "abandon_turn",
                                                "renew_turn",
                                                "enqueue_activity",
                                                "fetch_activity",
                                                "ack_activity",
                                                "abandon_activity",
                                                "renew_activity",
                                                "renew_sessions",
                                                "cleanup_sessions",
                                                "read",
                                                "delete_instance",
                                                "delete_instances",
                                                "delete_matching",
                                                "prune_instance",
                                                "prune_matching",
                                                "advance",
                                                "reopen",
                                                "start_over"};

// How often each verb comes, in the order of the enumeration; none starts over by chance.
using Weights = std::array<std::size_t, 20>;

constexpr Weights weights_of(Theme theme) {
  switch (theme) {
    case Theme::turns:
      return {22, 24, 18, 7, 6, 1, 1, 1, 1, 1, 0, 0, 4, 0, 0, 0, 0, 0, 12, 2};
    case Theme::activities:
      return {3, 3, 3, 0, 0, 18, 24, 14, 6, 6, 6, 6, 2, 1, 0, 0, 0, 0, 13, 2};
    case Theme::executions:
      return {26, 26, 22, 2, 1, 1, 1, 1, 0, 0, 0, 0, 12, 0, 0, 0, 2, 0, 4, 2};
    case Theme::removal:
      return {20, 20, 18, 1, 1, 5, 4, 2, 1, 1, 1, 1, 4, 3, 3, 3, 4, 4, 2, 2};
    case Theme::everything:
      return {15, 16, 14, 3, 3, 9, 10, 6, 3, 3, 3, 3, 5, 1, 1, 1, 2, 1, 6, 1};
  }
  return {};
}

rc::Gen<Verb> any_verb(Theme theme) {
  const Weights weights = weights_of(theme);
  std::vector<Verb> deck;  // One card per unit of weight.
  for (std::size_t verb = 0; verb < weights.size(); ++verb) {
    deck.insert(deck.end(), weights[verb], static_cast<Verb>(verb));
  }
  return rc::gen::elementOf(deck);
}

// A quarter of the bits are set, so that most of what an op could carry is absent.
rc::Gen<std::uint16_t> few_bits() {
  const auto any = rc::gen::inRange<std::uint16_t>(0, UINT16_MAX);
  return rc::gen::map(rc::gen::pair(any, any), [](const auto& two) {
    return static_cast<std::uint16_t>(two.first & two.second);
  });
}

rc::Gen<Op> any_op(Theme theme) {
  return rc::gen::build<Op>(rc::gen::set(&Op::verb, any_verb(theme)),
                            rc::gen::set(&Op::who, rc::gen::inRange<std::uint8_t>(0, 4)),
                            rc::gen::set(&Op::a, few_bits()), rc::gen::set(&Op::b, few_bits()));
}

}  // namespace

std::vector<Op> random_ops(Theme theme, std::uint64_t seed, std::size_t length) {
  const auto any = rc::gen::container<std::vector<Op>>(length, any_op(theme));
  return any(rc::Random(seed)).value();
}

std::vector<Op> plainer(const Op& op) {
  std::vector<Op> list;
  const auto add = [&](auto change) {
    Op plain = op;
    change(plain);
    if (plain != op) list.push_back(plain);
  };
  add([](Op& plain) { plain = {plain.verb, 0, 0, 0}; });
  add([](Op& plain) { plain.who = 0; });
  add([](Op& plain) { plain.a = 0; });
  add([](Op& plain) { plain.b = 0; });
  for (unsigned bit = 0; bit < 16; ++bit) {
    const auto mask = static_cast<std::uint16_t>(~(1U << bit));
    add([=](Op& plain) { plain.a &= mask; });
    add([=](Op& plain) { plain.b &= mask; });
  }
  return list;
}

std::string literal(const std::vector<Op>& ops) {
  std::string text = "{";
  for (const Op& op : ops) {
    text += (text.size() == 1 ? "{Verb::" : ",\n {Verb::") +
            std::string(kNames[static_cast<std::size_t>(op.verb)]) + ", " + std::to_string(op.who) +
            ", " + std::to_string(op.a) + ", " + std::to_string(op.b) + "}";
  }
  return text + "}";
}

}  // namespace ackproof::model
