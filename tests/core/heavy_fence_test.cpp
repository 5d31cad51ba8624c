// The heavy fence where a sandbox forbids, later, what the system has granted. In a child, as such
// a sandbox cannot be left.

#include <weir/core/detail/asymmetric_fence.hpp>

#include <doctest/doctest.h>

#if defined(__linux__) && defined(__x86_64__)

#include <linux/filter.h>
#include <linux/membarrier.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <iterator>

namespace {

// From here on membarrier fails: always, or only when it is asked for `command`.
bool forbid_membarrier(unsigned command, bool always) {
    const unsigned everything = always ? SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_ALLOW;
    sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, command, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, everything),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    };
    const sock_fprog program{static_cast<unsigned short>(std::size(rules)), rules};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

constexpr int no_sandbox = 77;

// How a process ends that is forbidden so much, and then fences.
int end_of_child(bool always) {
    if (const pid_t child = ::fork(); child != 0) {
        int status = 0;
        ::waitpid(child, &status, 0);
        return status;
    }
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    std::signal(SIGABRT, SIG_DFL);
    if (!forbid_membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, always)) ::_exit(no_sandbox);
    weir::detail::heavy_fence();
    ::_exit(0);
}

}  // namespace

TEST_CASE("a heavy fence that is refused takes another way, or ends the program") {
    if (!weir::detail::has_asymmetric_fences()) return;
    const int slow = end_of_child(false);
    const int none = end_of_child(true);
    if (WIFEXITED(slow) && WEXITSTATUS(slow) == no_sandbox) return;
    CHECK(WIFEXITED(slow));
    CHECK(WEXITSTATUS(slow) == 0);
    CHECK(WIFSIGNALED(none));
    CHECK(WTERMSIG(none) == SIGABRT);
}

#endif
