/// The base of all errors that are weir's own.
#pragma once

#include <stdexcept>

namespace weir {

/// Every exception type of weir ends in `_error` and derives from this one. So one handler catches
/// what weir itself reports, and nothing else:
///
///     try {
///         co_await pipeline.run();
///     } catch (const weir::error& e) {
///         log(e.what());
///     }
///
/// Other failures keep the standard's types: `std::invalid_argument` for an argument that makes no
/// sense, `std::logic_error` for misuse, `std::system_error` and `asio::system_error` for a failed
/// system call. An exception of a callable arrives as the cause of a `stage_error`.
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace weir
