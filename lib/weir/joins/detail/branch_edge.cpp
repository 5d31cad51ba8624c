#include <weir/joins/detail/branch_edge.hpp>

#include <utility>

namespace weir::detail {

namespace {

thread_local std::vector<piped_end> piped;

}  // namespace

void note_piped(const std::shared_ptr<const branch_edge>& edge, bool feeds) {
    // If no pipeline is built, nothing takes the notes. So the notes of destroyed branches make
    // room.
    if (piped.size() == piped.capacity()) {
        std::erase_if(piped, [](const piped_end& end) { return end.edge.expired(); });
    }
    piped.push_back(piped_end{edge, feeds});
}

std::vector<piped_end> take_piped() {
    return std::exchange(piped, {});
}

}  // namespace weir::detail
