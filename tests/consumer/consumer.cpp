#include <weir/core/asio.hpp>
#include <absl/status/statusor.h>

int main() {
    asio::io_context io;
    absl::StatusOr<int> n = 1;
    return *n - 1;
}
