#include <poll.h>
#include <shared/leave_process.hpp>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>

namespace weir_apps {

bool can_tell() noexcept {
    pollfd room{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&room, 1, 0) == 1;
}

void leave_process(exit_code code, std::string_view lines) noexcept {
    while (!lines.empty() && can_tell()) {
        // A pipe that has room takes this much without waiting.
        const ssize_t n = ::write(STDERR_FILENO, lines.data(),
                                  std::min(lines.size(), static_cast<std::size_t>(PIPE_BUF)));
        if (n < 0 && errno != EINTR) break;
        if (n > 0) lines.remove_prefix(static_cast<std::size_t>(n));
    }
    ::_exit(static_cast<int>(code));
}

}  // namespace weir_apps
