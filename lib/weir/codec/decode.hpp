/// \file
/// decode: turns chunks of bytes into values.
#pragma once

#include <weir/codec/fault.hpp>
#include <weir/codec/fields.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <absl/status/statusor.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::codec {

/// A decoder of this room, or one of your own. It is fed bytes cut anywhere, calls back with values
/// and faults, and stops where a callback returns false. See `json_lines` and `frames`.
template <class D>
concept decoder = std::movable<D> &&
                  requires(D& d, std::string_view bytes, bool (*on_value)(typename D::value_type&&),
                           bool (*on_fault)(const fault&)) {
                      { d.feed(bytes, on_value, on_fault) } -> std::same_as<std::size_t>;
                      { d.end(on_value, on_fault) } -> std::same_as<bool>;
                  };

/// A type that can be viewed as bytes: std::string, std::vector<std::byte>, or a buffer of your own
/// with `data()` and `size()`.
template <class C>
concept chunk = requires(const C& c) {
    { c.size() } -> std::convertible_to<std::size_t>;
    requires sizeof(*c.data()) == 1;
};

namespace detail {

template <class T>
std::string_view bytes_of(const T& c) noexcept {
    return {reinterpret_cast<const char*>(c.data()), c.size()};
}

/// No function for faults: the faults are items.
struct faults_are_items {};

template <class S, class D, class Reject>
class decode_stream : public pullable<decode_stream<S, D, Reject>> {
    using decoded = typename D::value_type;
    static constexpr bool rejects = !std::same_as<Reject, faults_are_items>;

public:
    using value_type = std::conditional_t<rejects, decoded, absl::StatusOr<decoded>>;

    decode_stream(S upstream, D d, Reject reject, stage where)
        : upstream_(std::move(upstream)),
          decoder_(std::move(d)),
          reject_(std::move(reject)),
          where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (!take(sink)) return poll_state::paused;
        if (over_) return poll_state::finished;
        bool more = true;
        const poll_state state = upstream_.poll(cx, [&](item_t<S>&& next) -> bool {
            chunk_.emplace(std::move(next));
            at_ = 0;
            more = take(sink);
            return more && !over_;
        });
        if (more && !over_ && state == poll_state::finished) {
            over_ = true;
            more = decoder_.end(value_to(sink), fault_to(sink));
        }
        if (!more) return poll_state::paused;
        return over_ ? poll_state::finished : state;
    }

    /// How many faults were given to the function: for the ledger of a pipeline.
    std::uint64_t rejected() const noexcept { return rejected_; }

private:
    // Decodes the rest of the current chunk. The chunk is kept until the next one arrives, so after
    // `co_await next()` a value with views stays valid until the next call. Returns false when the
    // sink returned false.
    template <class Sink>
    bool take(Sink& sink) {
        if (!chunk_ || at_ == chunk_->size()) return true;
        bool more = true;
        const auto told_value = [&, to = value_to(sink)](decoded&& value) {
            return more = to(std::move(value));
        };
        const auto told_fault = [&, to = fault_to(sink)](const fault& wrong) {
            return more = to(wrong);
        };
        at_ += decoder_.feed(bytes_of(*chunk_).substr(at_), told_value, told_fault);
        if constexpr (requires { decoder_.broken(); }) over_ = decoder_.broken();
        return more;
    }

    template <class Sink>
    static auto value_to(Sink& sink) {
        return [&sink](decoded&& value) {
            return static_cast<bool>(sink(value_type(std::move(value))));
        };
    }

    template <class Sink>
    auto fault_to(Sink& sink) {
        if constexpr (rejects) {
            return [this](const fault& wrong) {
                ++rejected_;
                where_.call(reject_, wrong);
                return true;
            };
        } else {
            return [&sink](const fault& wrong) {
                return static_cast<bool>(sink(value_type(wrong.status())));
            };
        }
    }

    S upstream_;
    D decoder_;
    [[no_unique_address]] Reject reject_;
    stage where_;
    std::optional<item_t<S>> chunk_;
    std::size_t at_ = 0;  // what was taken of it
    std::uint64_t rejected_ = 0;
    bool over_ = false;  // nothing more will come of it
};

}  // namespace detail

/// Reads values from a stream of chunks of bytes, cut anywhere. `reject` is called with the
/// `codec::fault` of each record that could not be read, in order between the values.
///
///     bytes | codec::decode(codec::json_lines<trade>(), [&](const codec::fault& wrong) {
///         ++rejected;
///         log(wrong.message());
///     })
///
/// How it is called: with a decoder (`json_lines<T>`, `frames<T>`), usually a new one; decoding
/// continues from its state. A chunk is anything with `data()` and `size()` in bytes. Chunks must
/// own their bytes, because the operator keeps the current one. What comes out: the decoder's
/// values, in order. A value with std::string_view fields is valid until the sink returns (after
/// `co_await next()`: until the next call). `batch`, `buffer` and `to` refuse such values at
/// compile time. Errors: an exception of `reject` ends the pipeline as a `stage_error` naming
/// "decode" and `name`. A decoder that is `broken()` ends the stream, because it gives no more
/// values; its fault was reported before. An exception of the upstream passes through; an
/// incomplete record is then lost. Cancellation: with the upstream. Cost and memory: the decoder's,
/// and one chunk.
template <decoder D, class Reject>
auto decode(D decoder, Reject reject, std::string_view name = {}) {
    return pipe([decoder = std::move(decoder), reject = std::move(reject),
                 name](auto upstream) mutable {
        using S = decltype(upstream);
        static_assert(chunk<item_t<S>>, "weir::codec::decode: the items are not chunks of bytes");
        static_assert(std::is_invocable_v<Reject&, const fault&>,
                      "weir::codec::decode: the function cannot be called with a codec::fault");
        check_not_async<Reject, const fault&>();
        check_owned_items<S>();
        return detail::decode_stream<S, D, Reject>(std::move(upstream), std::move(decoder),
                                                   std::move(reject), stage("decode", name));
    });
}

/// The same without a function: faults are items too, in order between the values. The items are
/// `absl::StatusOr<T>`, as `split_errors` and `try_map` take them.
///
///     bytes | codec::decode(codec::frames<trade>()) | weir::split_errors(reject)
template <decoder D>
auto decode(D decoder) {
    return pipe([decoder = std::move(decoder)](auto upstream) mutable {
        using S = decltype(upstream);
        static_assert(chunk<item_t<S>>, "weir::codec::decode: the items are not chunks of bytes");
        check_owned_items<S>();
        return detail::decode_stream<S, D, detail::faults_are_items>(
            std::move(upstream), std::move(decoder), {}, stage("decode"));
    });
}

}  // namespace weir::codec

template <weir::codec::described T>
inline constexpr bool weir::is_borrowed<absl::StatusOr<T>> = weir::codec::has_views<T>;
