/// `stream | terminal`: the asynchronous operation that runs a pipeline to its end.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/completion.hpp>
#include <weir/runtime/segment.hpp>

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

/// A stream and the terminal that is to consume it.
template <class S, class Terminal>
struct pipeline_body {
    pipeline_body(S s, Terminal t) : stream(std::move(s)), terminal(std::move(t)) {}
    S stream;
    Terminal terminal;
};

/// The segment that a terminal drives.
template <class S, class Terminal, class Completion>
class terminal_segment final : public segment {
public:
    terminal_segment(asio::any_io_executor executor, S stream, Terminal terminal,
                     std::shared_ptr<Completion> completion)
        : segment(std::move(executor)),
          body_(std::in_place, std::move(stream), std::move(terminal)),
          completion_(std::move(completion)),
          scope_(completion_) {}

    using segment::start;

private:
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

    void let_go() noexcept override {
        body_.reset();
        scope_.reset();
        completion_.reset();  // completes, unless something upstream still holds a ticket
    }

    std::optional<pipeline_body<S, Terminal>> body_;
    std::shared_ptr<Completion> completion_;
    ticket scope_;
};

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
/// upstream has let go of its resources. Items taken before that are gone with the pipeline.
/// Runs once: it is consumed.
template <class S, class Terminal>
class [[nodiscard]] terminal_operation
    : public asio::awaitable<decltype(std::declval<Terminal&>().result())> {
    using result_type = decltype(std::declval<Terminal&>().result());
    using awaitable = asio::awaitable<result_type>;
    using body = pipeline_body<S, Terminal>;

public:
    terminal_operation(S stream, Terminal terminal)
        : terminal_operation(std::make_shared<body>(std::move(stream), std::move(terminal))) {}

    template <token_like Token>
    auto operator()(Token&& token) && {
        return initiate(std::move(body_), asio::any_io_executor(), std::forward<Token>(token));
    }

    template <class Token>
    auto start(asio::any_io_executor executor, Token&& token) && {
        return initiate(std::move(body_), std::move(executor), std::forward<Token>(token));
    }

    /// The same operation on `change(stream)`: for those who look on from outside, such as
    /// `weir::pipeline`, which names what the stream throws.
    template <class Change>
    auto with_stream(Change change) && {
        using changed = decltype(change(std::move(body_->stream)));
        return terminal_operation<changed, Terminal>(change(std::move(body_->stream)),
                                                     std::move(body_->terminal));
    }

private:
    // An awaitable can only be awaited by type in Asio before 1.24, so this is one: a coroutine
    // that is not started unless the operation is awaited as it stands.
    explicit terminal_operation(std::shared_ptr<body> b)
        : awaitable(await(b)), body_(std::move(b)) {}

    static awaitable await(std::shared_ptr<body> b) {
        co_return co_await initiate(std::move(b), asio::any_io_executor(), asio::use_awaitable);
    }

    template <class Token>
    static auto initiate(std::shared_ptr<body> b, asio::any_io_executor executor, Token&& token) {
        static_assert(terminal_for<Terminal, S>,
                      "weir: this terminal cannot consume a stream of these items");
        auto initiation = [](auto handler, const std::shared_ptr<body>& parts,
                             asio::any_io_executor where) {
            run(std::move(handler), *parts, std::move(where));
        };
        return asio::async_initiate<Token, completion_signature<result_type>>(
            std::move(initiation), token, std::move(b), std::move(executor));
    }

    template <class Handler>
    static void run(Handler handler, body& parts, asio::any_io_executor where) {
        using completion_type = completion<result_type, Handler>;
        using segment_type = terminal_segment<S, Terminal, completion_type>;
        if (!where) where = executor_of(handler);
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto done = std::make_shared<completion_type>(std::move(handler), where);
        auto driver = counted_ptr<segment_type>::adopt(
            new segment_type(make_segment_executor(where), std::move(parts.stream),
                             std::move(parts.terminal), std::move(done)));
        if (slot.is_connected()) {
            slot.assign([driver](asio::cancellation_type) { driver->cancel(); });
        }
        driver->start();
    }

    std::shared_ptr<body> body_;
};

/// Makes a terminal's closure: `make(stream)` returns the terminal for that stream.
template <class Make>
auto terminal_closure(Make make) {
    return pipe([make = std::move(make)](auto stream) mutable {
        auto terminal = make(stream);
        return terminal_operation(std::move(stream), std::move(terminal));
    });
}

}  // namespace weir
