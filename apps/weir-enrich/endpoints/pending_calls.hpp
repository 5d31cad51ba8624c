/// The system calls that the process waits for, by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir_enrich {

/// Marks a system call that may wait for something outside of the process, for its lifetime. A run
/// that does not end in time names these calls: see `pending_calls`.
///
///     const pending_call here("writing", name_);
///     ::write(file_, ...);
///
/// Cost: a lock that is rarely contended. Use it for calls that handle blocks, not records.
class pending_call {
public:
    /// `doing`: "writing", "reading". Both texts must outlive it.
    pending_call(std::string_view doing, const std::string& name);
    pending_call(const pending_call&) = delete;
    pending_call& operator=(const pending_call&) = delete;
    ~pending_call();

    std::string text() const;

private:
    std::string_view doing_;
    const std::string& name_;
};

/// "writing out.fifo", ...: the calls of all threads, in the order in which they began.
/// Thread-safe.
std::vector<std::string> pending_calls();

}  // namespace weir_enrich
