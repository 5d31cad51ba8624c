#include <weir/runtime/pull.hpp>

namespace weir {

void puller_base::detach() noexcept {
    if (closed()) return;  // also when the context is gone: its executor must not be touched then
    asio::dispatch(executor(), [self = counted_ptr<puller_base>::share(this)] { self->close(); });
}

}  // namespace weir
