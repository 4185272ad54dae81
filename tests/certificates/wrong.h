// Ways in which what is handed to `ackproof verify` can be wrong.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "certificates/envelope.h"
#include "certificates/statement.h"
#include "tests/certificates/signing.h"

namespace ackproof::certificates {

// What is handed to `ackproof verify`.
struct Files {
  std::string certificate;
  std::string record;
  std::string key;
  std::string revoked;
};

// One way to be wrong. The changes are made in this order; what comes before the signature is signed.
struct Wrong {
  const char* name;
  const char* says;  // In the refusal.
  int exit_code = 7;
  std::function<void(Record&)> in_record = nullptr;        // The signer's own record.
  std::function<void(Statement&)> in_statement = nullptr;  // The signer lies.
  std::function<void(std::string&)> in_payload = nullptr;  // The signer's program is broken.
  std::function<void(Envelope&)> in_envelope = nullptr;    // Somebody changes what was signed.
  std::function<void(Files&)> in_files = nullptr;
  std::function<void(const std::string& folder)> on_disk = nullptr;
  const char* arguments = "";  // More of them.
};

Files made_by(const Wrong& wrong);

// By how deep the fault lies.
std::vector<Wrong> changed_afterwards();  // After it was signed.
std::vector<Wrong> signed_statements();   // The statement is not what the record gives.
std::vector<Wrong> forged_records();  // The statement follows from a record that certifies nothing.
std::vector<Wrong> revoked();
std::vector<Wrong> unreadable();

void replace(std::string& text, const std::string& what, const std::string& with);

}  // namespace ackproof::certificates
