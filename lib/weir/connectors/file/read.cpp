#include <weir/connectors/file/read.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/blocking_call.hpp>

#include <asio/posix/stream_descriptor.hpp>

namespace weir::file {

std::optional<std::string> block_stream::read(poll_context& cx) {
    if (!reading_.started()) start_reading(cx);
    auto done = reading_.poll(cx);
    if (!done) return std::nullopt;
    auto& [error, block] = *done;
    if (error) std::rethrow_exception(std::move(error));
    if (file_->may_wait()) {
        input_.emplace(cx.executor(), file_->wait_set());
        memory_.resize(file_->block_size());
        return hear(cx);
    }
    if (!block.empty()) start_reading(cx);  // one block ahead: it is read while this one is used
    return std::move(block);
}

void block_stream::start_reading(poll_context& cx) {
    const auto next = [](block_reader& file) -> std::string {
        if (!file.opened()) file.open();
        return file.may_wait() ? std::string() : file.next();
    };
    start_blocking(reading_, cx, file_, next);
}

// A pipe that no writer has opened yet looks as if it had ended, so we wait before we read.
std::optional<std::string> block_stream::hear(poll_context& cx) {
    for (;;) {
        if (!heard_) {
            if (!waiting_.started()) {
                const auto initiate = [this](auto handler) {
                    input_->async_wait(asio::posix::stream_descriptor::wait_read,
                                       std::move(handler));
                };
                waiting_.start(cx, initiate);
            }
            if (!waiting_.poll(cx)) return std::nullopt;
            heard_ = true;
        }
        // Not Asio's read_some, which waits when there is no input.
        if (const auto got = file_->read_now(memory_)) {
            heard_ = *got == memory_.size();
            return memory_.substr(0, *got);
        }
        heard_ = false;
    }
}

}  // namespace weir::file
