/// Segments as a pipeline starts, cancels and awaits them, whatever they are made of.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/stream.hpp>
#include <weir/pipeline/pipeline_error.hpp>
#include <weir/runtime/detail/segment.hpp>
#include <weir/runtime/terminal.hpp>

#include <absl/functional/any_invocable.h>

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// The completion handler of a segment's operation. It runs on the pipeline's strand and carries
/// the operation's cancellation slot. `R` is the operation's result, if it has one.
class task_done {
public:
    using executor_type = asio::any_io_executor;
    using cancellation_slot_type = asio::cancellation_slot;
    using function = absl::AnyInvocable<void(std::exception_ptr)>;

    task_done(asio::any_io_executor strand, function tell)
        : strand_(std::move(strand)), tell_(std::move(tell)) {}

    void listen(asio::cancellation_slot slot) noexcept { slot_ = slot; }

    executor_type get_executor() const noexcept { return strand_; }
    cancellation_slot_type get_cancellation_slot() const noexcept { return slot_; }
    void operator()(std::exception_ptr error) { std::exchange(tell_, nullptr)(std::move(error)); }

private:
    asio::any_io_executor strand_;
    asio::cancellation_slot slot_;
    function tell_;
};

/// One run of a segment. All calls, and its destruction, happen on the pipeline's strand.
class segment_task {
public:
    segment_task() = default;
    segment_task(const segment_task&) = delete;
    segment_task& operator=(const segment_task&) = delete;
    virtual ~segment_task() = default;

    /// Starts it on `executor`, once. `done` is called after the segment has released everything.
    virtual void start(const asio::any_io_executor& executor, task_done done) = 0;
    /// Requests an early end. The segment then fails with `operation_aborted`, unless it has
    /// already ended.
    virtual void cancel() = 0;
};

/// Adds the segment's name to a failure that passes through. The stream adds it, not the operation,
/// so an error that goes on into a channel has the name.
template <class S>
class named_stream {
public:
    using value_type = item_t<S>;

    named_stream(S upstream, segment_name name)
        : upstream_(std::move(upstream)), name_(std::move(name)) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        try {
            return upstream_.poll(cx, sink);
        } catch (...) {
            std::rethrow_exception(name_.put_on(std::current_exception()));
        }
    }

private:
    S upstream_;
    segment_name name_;
};

/// `stream | terminal` as a segment; its result goes to `take`.
template <class Operation, class Take>
class terminal_task final : public segment_task {
public:
    terminal_task(Operation operation, Take take)
        : operation_(std::move(operation)), take_(std::move(take)) {}

    void start(const asio::any_io_executor& executor, task_done done) override {
        done.listen(cancel_.slot());
        std::move(operation_).start(executor, taking(std::move(done), std::move(take_)));
    }
    void cancel() override { cancel_.emit(asio::cancellation_type::terminal); }

private:
    struct taking : task_done {
        taking(task_done d, Take t) : task_done(std::move(d)), take(std::move(t)) {}
        using task_done::operator();
        template <class R>
        void operator()(std::exception_ptr error, R result) {
            if (!error) error = give(std::move(result));
            task_done::operator()(std::move(error));
        }
        template <class R>
        std::exception_ptr give(R result) {
            try {
                take(std::move(result));
            } catch (...) {
                return std::current_exception();
            }
            return nullptr;
        }
        Take take;
    };

    Operation operation_;
    Take take_;
    asio::cancellation_signal cancel_;
};

/// A coroutine as a segment, on its own strand.
class awaitable_task final : public segment_task {
public:
    explicit awaitable_task(asio::awaitable<void> body) : body_(std::move(body)) {}

    void start(const asio::any_io_executor& executor, task_done done) override;
    void cancel() override;

private:
    std::optional<asio::awaitable<void>> body_;
    asio::any_io_executor strand_;
    std::shared_ptr<asio::cancellation_signal> cancel_;
};

/// For operations without a result.
struct take_nothing {};

/// True for types that can be a segment. Any other type does not compile, with a message that says
/// why.
template <class Operation>
consteval bool check_segment() {
    constexpr bool refused = std::is_same_v<Operation, refused_pipe>;  // reported already
    constexpr bool good = std::derived_from<Operation, ended_pipeline> ||
                          std::is_same_v<Operation, asio::awaitable<void>>;
    if constexpr (stream<Operation>) {
        static_assert(!stream<Operation>,
                      "weir::pipeline::add: this is a stream without a terminal, and nothing would "
                      "run it: end it with weir::for_each, weir::into, weir::discard or another "
                      "terminal.");
    } else {
        static_assert(good || refused,
                      "weir::pipeline::add: a segment is `stream | terminal` or an "
                      "asio::awaitable<void> (call your coroutine: add(name, serve()), not "
                      "add(name, serve)).");
    }
    return good;
}

template <class S, class Terminal, class Take>
std::unique_ptr<segment_task> make_task(terminal_operation<S, Terminal> operation,
                                        const segment_name& name, Take take) {
    auto put_name = [&name](S&& stream) { return named_stream<S>(std::move(stream), name); };
    auto named = std::move(operation).with_stream(put_name);
    return std::make_unique<terminal_task<decltype(named), Take>>(std::move(named),
                                                                  std::move(take));
}

template <class S, class Terminal>
std::unique_ptr<segment_task> make_task(terminal_operation<S, Terminal> operation,
                                        const segment_name& name) {
    static_assert(std::is_void_v<decltype(std::declval<Terminal&>().result())>,
                  "weir::pipeline::add: this segment yields a result, and a result must not be "
                  "lost: give add() a function that takes it as its last argument.");
    return make_task(std::move(operation), name, take_nothing());
}

inline std::unique_ptr<segment_task> make_task(asio::awaitable<void> body, const segment_name&) {
    return std::make_unique<awaitable_task>(std::move(body));
}

}  // namespace weir::detail
