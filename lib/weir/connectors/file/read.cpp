#include <weir/connectors/file/read.hpp>
#include <weir/runtime/blocking.hpp>

namespace weir::file {

std::optional<std::string> block_stream::read(poll_context& cx) {
    if (!reading_.started()) start_reading(cx);
    auto done = reading_.poll(cx);
    if (!done) return std::nullopt;
    auto& [error, block] = *done;
    if (error) std::rethrow_exception(std::move(error));
    if (file_->may_wait()) {
        input_.emplace(cx.executor(), file_->take());
        memory_.resize(file_->block_size());
        return hear(cx);
    }
    if (!block.empty()) start_reading(cx);  // one block ahead: it is read while this one is used
    return std::move(block);
}

void block_stream::start_reading(poll_context& cx) {
    const auto initiate = [&](auto handler) {
        auto job = [file = file_, done = std::move(handler)]() mutable {
            std::exception_ptr error;
            std::string block;
            try {
                if (!file->opened()) file->open();
                if (!file->may_wait()) block = file->next();
            } catch (...) {
                error = std::current_exception();
            }
            file.reset();  // before the pipeline may complete: then the file is closed
            done(std::move(error), std::move(block));
        };
        asio::post(blocking_executor_of(cx.executor()), std::move(job));
    };
    reading_.start(cx, initiate);
}

// A pipe that nobody has opened for writing yet looks as if it had ended: so it is waited for
// before it is read.
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
        asio::error_code error;
        const std::size_t got = input_->read_some(asio::buffer(memory_), error);
        if (!error) {
            heard_ = got == memory_.size();
            return memory_.substr(0, got);
        }
        heard_ = false;
        if (error == asio::error::eof) return std::string();
        if (error != asio::error::would_block && error != asio::error::try_again) {
            file_->fail("read", error.value());
        }
    }
}

}  // namespace weir::file
