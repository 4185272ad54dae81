#include "reference_providers/sqlite/body.h"
#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

namespace {

std::optional<Bytes> read_body(Query& row) {
  if (!row.next()) return std::nullopt;
  return read_payload(row, 0);
}

}  // namespace

void put_output(Connection& db, const NodeKey& key, const Bytes& output) {
  const std::string body = encode(output);
  if (db.run(sql::kPutOutput, key.flow, key.node, Blob{body}) == 0) {
    throw Refused(ErrorKind::conflict, "the node has an output already");
  }
}

std::optional<Bytes> read_output(Connection& db, const NodeKey& key) {
  Query row = db.query(sql::kReadOutput, key.flow, key.node);
  return read_body(row);
}

std::vector<std::string> list_outputs(Connection& db, const std::string& flow) {
  Query rows = db.query(sql::kListOutputs, flow);
  return read_texts(rows);
}

void put_global(Connection& db, const std::string& key, const Bytes& value) {
  const std::string body = encode(value);
  if (db.run(sql::kPutGlobal, key, Blob{body}) == 0) {
    throw Refused(ErrorKind::conflict, "the global has a value already");
  }
}

void upsert_global(Connection& db, const std::string& key, const Bytes& value) {
  const std::string body = encode(value);
  db.run(sql::kUpsertGlobal, key, Blob{body});
}

std::optional<Bytes> read_global(Connection& db, const std::string& key) {
  Query row = db.query(sql::kReadGlobal, key);
  return read_body(row);
}

}  // namespace ackproof::sqlite
