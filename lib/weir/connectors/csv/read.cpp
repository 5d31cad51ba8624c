#include <weir/connectors/csv/read.hpp>
#include <weir/runtime/blocking_call.hpp>

namespace weir::csv {

void batch_stream::start(poll_context& cx) {
    start_blocking(reading_, cx, file_, [](auto& file) { return file.next(); });
}

}  // namespace weir::csv
