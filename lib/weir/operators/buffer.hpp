/// buffer and on: a boundary, so that the steps before it run as a separate task.
#pragma once

#include <weir/channel/channel.hpp>
#include <weir/channel/detail/send_all.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/detail/segment.hpp>
#include <weir/runtime/pull.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace weir {

namespace detail {

/// The segment upstream of a boundary: polls its stream into the channel. It passes its failure to
/// the receiver, and ends early if the receiver is destroyed.
template <class S>
class boundary_segment final : public segment {
public:
    boundary_segment(asio::any_io_executor executor, S stream, sender<item_t<S>> to, ticket scope)
        : segment(std::move(executor)),
          body_(std::in_place, std::move(stream), std::move(to)),
          scope_(std::move(scope)) {}

    using segment::start;

private:
    struct body {
        body(S s, sender<item_t<S>> t) : stream(std::move(s)), to(std::move(t)) {}
        S stream;
        sender<item_t<S>> to;
    };

    bool advance() noexcept override {
        std::exception_ptr error;
        try {
            poll_context cx(*this, executor(), scope_, budget());
            return send_all(cx, body_->stream, body_->to.state()) == poll_state::finished;
        } catch (...) {
            error = std::current_exception();
        }
        // Outside of the handler, because from here on only the receiver may use the exception.
        body_->to.close(std::move(error));
        return true;
    }

    void release_resources() noexcept override {
        body_.reset();
        scope_.reset();
    }

    std::optional<body> body_;
    ticket scope_;
};

/// The stream downstream of a boundary. Starts the segment upstream when first polled.
template <class S>
class boundary_stream : public pullable<boundary_stream<S>> {
public:
    using value_type = item_t<S>;

    boundary_stream(S upstream, std::size_t capacity, asio::any_io_executor executor)
        : executor_(std::move(executor)), waiting_(std::in_place, std::move(upstream), capacity) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        if (waiting_) start(cx);
        return received_->poll(cx, sink);
    }

private:
    struct not_started {
        not_started(S s, std::size_t n) : upstream(std::move(s)), ends(channel<item_t<S>>(n)) {}
        S upstream;
        channel_ends<item_t<S>> ends;
    };

    void start(poll_context& cx) {
        auto executor = make_segment_executor(executor_ ? executor_ : cx.executor());
        auto upstream = counted_ptr<boundary_segment<S>>::adopt(
            new boundary_segment<S>(std::move(executor), std::move(waiting_->upstream),
                                    std::move(waiting_->ends.sender), cx.hold()));
        received_.emplace(std::move(waiting_->ends.receiver));
        waiting_.reset();
        upstream->start();
    }

    asio::any_io_executor executor_;
    std::optional<not_started> waiting_;
    std::optional<receiver<item_t<S>>> received_;
};

}  // namespace detail

/// Lets upstream run ahead by at most `n` items, as a separate task. If the executor has a free
/// thread, the task runs there. Items cross in order through a bounded channel. When the channel is
/// full, upstream waits (backpressure).
///
///     csv::read(file) | weir::map(parse) | weir::buffer(1024) | weir::for_each(store)
///
/// Upstream starts with the first poll. Its error is thrown here, after the items before it. If the
/// consumer stops early, upstream is cancelled, and the terminal completes only after upstream has
/// released its resources. Errors during that cancellation are not reported. Items must own their
/// data.
/// Errors: `std::invalid_argument` if `n` is 0.
/// Cost: a few nanoseconds per item (docs/benchmarks.md), no allocation per item.
inline auto buffer(std::size_t n) {
    return pipe([n](auto upstream) {
        using S = decltype(upstream);
        check_owned_items<S>();
        return detail::boundary_stream<S>(std::move(upstream), n, {});
    });
}

/// Runs all steps before it on `executor`, behind a bounded channel of `n` items. All else is as
/// for `buffer`.
///
///     read_files(dir) | weir::on(file_pool.get_executor()) | weir::for_each(use)
inline auto on(asio::any_io_executor executor, std::size_t n = 256) {
    return pipe([executor = std::move(executor), n](auto upstream) {
        using S = decltype(upstream);
        check_owned_items<S>();
        return detail::boundary_stream<S>(std::move(upstream), n, executor);
    });
}

}  // namespace weir
