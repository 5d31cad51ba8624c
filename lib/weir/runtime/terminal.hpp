/// `stream | terminal`: the asynchronous operation that runs a pipeline to its end.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/detail/completion.hpp>
#include <weir/runtime/detail/segment.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace weir {

/// What ends a pipeline: polls the stream, and says what came of it.
///
/// `poll` returns `finished` when the terminal has all it wants, otherwise `pending` after a
/// wake-up has been arranged (by the stream, or by itself). `result()` is then called once.
template <class T, class S>
concept terminal_for = requires(T& t, S& s, poll_context& cx) {
    { t.poll(cx, s) } -> std::same_as<poll_state>;
    t.result();
};

namespace detail {

/// A segment that a pipeline runs in.
class pipeline_segment : public segment {
public:
    using segment::segment;
    using segment::start;
};

/// The segment that a terminal drives.
template <class S, class Terminal, class R>
class terminal_segment final : public pipeline_segment {
public:
    terminal_segment(asio::any_io_executor executor, S stream, Terminal terminal,
                     std::shared_ptr<outcome_state<R>> completion)
        : pipeline_segment(std::move(executor)),
          body_(std::in_place, std::move(stream), std::move(terminal)),
          completion_(std::move(completion)),
          scope_(completion_) {}

private:
    struct body {
        body(S s, Terminal t) : stream(std::move(s)), terminal(std::move(t)) {}
        S stream;
        Terminal terminal;
    };

    bool advance() noexcept override {
        if (cancelled()) {
            completion_->fail(
                std::make_exception_ptr(asio::system_error(asio::error::operation_aborted)));
            return true;
        }
        try {
            poll_context cx(*this, executor(), scope_, budget());
            if (body_->terminal.poll(cx, body_->stream) != poll_state::finished) return false;
            completion_->succeed([&] { return body_->terminal.result(); });
        } catch (...) {
            completion_->fail(std::current_exception());
        }
        return true;
    }

    void release_resources() noexcept override {
        body_.reset();
        scope_.reset();
        completion_.reset();  // completes, unless something upstream still holds a ticket
    }

    std::optional<body> body_;
    std::shared_ptr<outcome_state<R>> completion_;
    ticket scope_;
};

/// A pipeline that waits to be run, whatever its stream and its terminal are. How it is run, and
/// which handler is called, is compiled once for each type of result and handler, and not for each
/// pipeline.
template <class R>
class deferred_pipeline {
public:
    deferred_pipeline() = default;
    deferred_pipeline(const deferred_pipeline&) = delete;
    deferred_pipeline& operator=(const deferred_pipeline&) = delete;
    virtual ~deferred_pipeline() = default;

    /// Runs it on `executor`, or where the handler belongs if that is empty.
    template <class Token>
    static auto run(std::shared_ptr<deferred_pipeline> pipeline, asio::any_io_executor executor,
                    Token&& token) {
        auto initiation = [](auto handler, const std::shared_ptr<deferred_pipeline>& p,
                             asio::any_io_executor where) {
            p->start(std::move(handler), std::move(where));
        };
        return asio::async_initiate<Token, completion_signature<R>>(
            std::move(initiation), token, std::move(pipeline), std::move(executor));
    }

    /// The same for a caller that awaits it.
    static asio::awaitable<R> await(std::shared_ptr<deferred_pipeline> p) {
        co_return co_await run(std::move(p), asio::any_io_executor(), asio::use_awaitable);
    }

private:
    /// What runs it, on a strand. Called once.
    virtual counted_ptr<pipeline_segment> make_segment(asio::any_io_executor strand,
                                                       std::shared_ptr<outcome_state<R>> done) = 0;

    template <class Handler>
    void start(Handler handler, asio::any_io_executor where) {
        if (!where) where = executor_of(handler);
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto done = std::make_shared<completion<R, Handler>>(std::move(handler), where);
        auto driver = make_segment(make_segment_executor(where), std::move(done));
        if (slot.is_connected()) {
            slot.assign([driver](asio::cancellation_type) { driver->cancel(); });
        }
        driver->start();
    }
};

/// A stream and the terminal that is to consume it.
template <class S, class Terminal>
class pipeline_body final : public deferred_pipeline<decltype(std::declval<Terminal&>().result())> {
    using result_type = decltype(std::declval<Terminal&>().result());

public:
    pipeline_body(S s, Terminal t) : stream(std::move(s)), terminal(std::move(t)) {}

    S stream;
    Terminal terminal;

private:
    counted_ptr<pipeline_segment> make_segment(
        asio::any_io_executor strand, std::shared_ptr<outcome_state<result_type>> done) override {
        static_assert(terminal_for<Terminal, S>,
                      "weir: this terminal cannot consume a stream of these items");
        return counted_ptr<pipeline_segment>::adopt(new terminal_segment<S, Terminal, result_type>(
            std::move(strand), std::move(stream), std::move(terminal), std::move(done)));
    }
};

/// Throws the `std::logic_error` of a pipeline that runs once and is to run again.
[[noreturn]] void throw_started();

/// A pipeline that is ready to run, made by `stream | terminal`.
///
/// How it is called:
///
///     auto n = co_await (std::move(s) | weir::count());          // in an asio::awaitable
///     std::move(op)(asio::use_future);                           // any completion token
///     std::move(op).start(pool.get_executor(), handler);         // and where to run it
///
/// It runs on a strand of its own over the handler's associated executor (or the given one), and
/// completes through the handler's executor with `void(std::exception_ptr, result)`, or
/// `void(std::exception_ptr)` where there is no result.
///
/// Errors: what the stream threw; `stage_error` for a callable that threw.
/// Cancellation: any type, through the associated slot; ends with `operation_aborted` after
/// upstream has released its resources. Items taken before that are gone with the pipeline.
/// Runs once: it is consumed. Started again, or after it was moved from, it throws
/// `std::logic_error`.
template <class S, class Terminal>
class [[nodiscard]] terminal_operation
    : public asio::awaitable<decltype(std::declval<Terminal&>().result())>,
      public ended_pipeline {
    using result_type = decltype(std::declval<Terminal&>().result());
    using body = pipeline_body<S, Terminal>;
    using pipeline = deferred_pipeline<result_type>;

public:
    terminal_operation(S stream, Terminal terminal)
        : terminal_operation(std::make_shared<body>(std::move(stream), std::move(terminal))) {}

    template <token_like Token>
    auto operator()(Token&& token) && {
        check_unused();
        return pipeline::run(std::move(body_), asio::any_io_executor(), std::forward<Token>(token));
    }

    template <class Token>
    auto start(asio::any_io_executor executor, Token&& token) && {
        check_unused();
        return pipeline::run(std::move(body_), std::move(executor), std::forward<Token>(token));
    }

    /// The same operation on `change(stream)`: for observers, such as
    /// `weir::pipeline`, which names what the stream throws.
    template <class Change>
    auto with_stream(Change change) && {
        check_unused();
        using changed = decltype(change(std::move(body_->stream)));
        return terminal_operation<changed, Terminal>(change(std::move(body_->stream)),
                                                     std::move(body_->terminal));
    }

private:
    // An awaitable can only be awaited by type in Asio before 1.24, so this is one: a coroutine
    // that is not started unless the operation is awaited as it stands.
    explicit terminal_operation(std::shared_ptr<body> b)
        : asio::awaitable<result_type>(pipeline::await(b)), body_(std::move(b)) {}

    void check_unused() const {
        if (!body_) throw_started();
    }

    std::shared_ptr<body> body_;
};

}  // namespace detail

/// Makes a terminal's closure: `make(stream)` returns the terminal for that stream.
template <class Make>
auto terminal_closure(Make make) {
    return pipe([make = std::move(make)](auto stream) mutable {
        auto terminal = make(stream);
        detail::check_frame_alignment<decltype(terminal.result())>();  // the operation can be
                                                                       // awaited
        return detail::terminal_operation(std::move(stream), std::move(terminal));
    });
}

}  // namespace weir
