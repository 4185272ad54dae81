#include "certificates/envelope.h"

#include <algorithm>

#include "contract/json_io.h"

namespace ackproof::certificates {

namespace {

using json_io::Json;
using json_io::Place;

const Json* find(const Json& object, std::string_view name, const Place& at) {
  if (!object.is_object()) at.fail("an object is expected");
  const auto found = object.find(std::string(name));
  return found == object.end() ? nullptr : &*found;
}

std::string text_in(const Json& object, std::string_view name, const Place& at) {
  const Place here{&at, name};
  const Json* found = find(object, name, at);
  if (found == nullptr) here.fail("missing");
  return json_io::decode<std::string>(*found, json_io::Text::replaced, here);
}

std::string bytes_in(const Json& object, std::string_view name, const Place& at) {
  std::string text = text_in(object, name, at);
  const bool is_url_safe = text.find_first_of("-_") != std::string::npos;
  if (is_url_safe && text.find_first_of("+/") == std::string::npos) {
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
  }
  auto bytes = json_io::from_base64(text);
  if (!bytes) Place{&at, name}.fail("this is not base64");
  return *std::move(bytes);
}

Signature signature_from(const Json& json, const Place& at) {
  const bool has_id = find(json, "keyid", at) != nullptr;
  return {has_id ? text_in(json, "keyid", at) : "", bytes_in(json, "sig", at)};
}

std::vector<Signature> signatures_in(const Json& document, const Place& at) {
  const Place here{&at, "signatures"};
  const Json* list = find(document, "signatures", at);
  if (list == nullptr) here.fail("missing");
  if (!list->is_array()) here.fail("a list is expected");
  std::vector<Signature> all;
  for (std::size_t i = 0; i < list->size(); ++i) {
    all.push_back(signature_from((*list)[i], Place{&here, {}, i}));
  }
  return all;
}

std::string sized(std::string_view bytes) {
  return std::to_string(bytes.size()) + " " + std::string(bytes);
}

}  // namespace

std::string pre_authentication_encoding(std::string_view type, std::string_view payload) {
  return "DSSEv1 " + sized(type) + " " + sized(payload);
}

std::string write_envelope(const Envelope& envelope) {
  Json signatures = Json::array();
  for (const Signature& signature : envelope.signatures) {
    Json json = Json::object();
    if (!signature.key_id.empty()) json["keyid"] = signature.key_id;
    json["sig"] = json_io::to_base64(signature.bytes);
    signatures.push_back(std::move(json));
  }
  Json document = Json::object();
  document["payloadType"] = envelope.payload_type;
  document["payload"] = json_io::to_base64(envelope.payload);
  document["signatures"] = std::move(signatures);
  return document.dump(2) + "\n";
}

Result<Envelope> read_envelope(std::string_view json) {
  return json_io::reported("read_envelope", [&] {
    const Json document = json_io::parse(json);
    const Place root;
    return Envelope{text_in(document, "payloadType", root), bytes_in(document, "payload", root),
                    signatures_in(document, root)};
  });
}

}  // namespace ackproof::certificates
