#include <weir/connectors/tcp/connection_change.hpp>

namespace weir::tcp {

std::string_view to_string(connection_change what) noexcept {
    switch (what) {
        case connection_change::connected:
            return "connected";
        case connection_change::refused:
            return "refused";
        case connection_change::unreachable:
            return "unreachable";
        case connection_change::fault:
            return "fault";
        case connection_change::lagging:
            return "lagging";
        case connection_change::closed:
            return "closed";
        case connection_change::failed:
            return "failed";
        case connection_change::idle:
            return "idle";
        case connection_change::disconnected:
            return "disconnected";
        case connection_change::dropped:
            return "dropped";
        case connection_change::served:
            return "served";
        case connection_change::cut_short:
            return "cut short";
    }
    return "";
}

}  // namespace weir::tcp
