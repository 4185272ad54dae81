#include "reference_providers/filesystem/errors.h"

#include <cerrno>
#include <new>
#include <system_error>

namespace ackproof::filesystem {

FileError::FileError(const std::string& what, int code)
    : std::runtime_error(what + ": " + std::generic_category().message(code)), code_(code) {}

ErrorKind FileError::kind() const noexcept {
  switch (code_) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case ENOLCK:
    case EINTR:
    case EAGAIN:
    case EIO:
      return ErrorKind::busy;  // Nothing happened (ERR_10).
    default:
      return ErrorKind::internal;
  }
}

Error translate(std::string_view operation) {
  try {
    throw;
  } catch (const Refused& refused) {
    return {refused.kind(), std::string(operation), refused.what()};
  } catch (const FileError& error) {
    return {error.kind(), std::string(operation), error.what()};
  } catch (const std::bad_alloc&) {
    return {ErrorKind::busy, std::string(operation), "out of memory"};
  } catch (const std::exception& error) {
    return {ErrorKind::internal, std::string(operation), error.what()};
  } catch (...) {
    return {ErrorKind::internal, std::string(operation), "an unknown exception"};
  }
}

}  // namespace ackproof::filesystem
