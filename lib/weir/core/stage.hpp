/// Stages: the name under which a callable of yours fails.
#pragma once

#include <weir/core/error.hpp>

#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// What a terminal throws when a callable you gave to an operator threw: says which stage it was
/// and keeps the original exception.
///
///     try { co_await (numbers | weir::map(parse, "parse age") | weir::count()); }
///     catch (const weir::stage_error& e) { log(e.what()); }   // "map 'parse age': bad digit"
class stage_error : public error {
public:
    stage_error(std::string stage, const std::string& message, std::exception_ptr cause)
        : error(stage + ": " + message), stage_(std::move(stage)), cause_(std::move(cause)) {}

    /// The operator and, if it was given one, its name: `map 'parse age'`.
    const std::string& stage() const noexcept { return stage_; }
    /// What the callable threw.
    std::exception_ptr cause() const noexcept { return cause_; }
    [[noreturn]] void rethrow_cause() const { std::rethrow_exception(cause_); }

private:
    std::string stage_;
    std::exception_ptr cause_;
};

/// The text of the exception being handled, for messages.
std::string describe(std::exception_ptr error);

/// An operator's kind ("map") and the user's name for it, which may be empty. Both must outlive
/// the pipeline: string literals, as a rule.
class stage {
public:
    constexpr explicit stage(const char* kind, std::string_view name = {}) noexcept
        : kind_(kind), name_(name) {}

    /// Calls `f`, and turns what it throws into a `stage_error` that names this stage.
    /// Costs nothing while nothing is thrown.
    template <class F, class... Args>
    decltype(auto) call(F& f, Args&&... args) const {
        if constexpr (std::is_nothrow_invocable_v<F&, Args...>) {
            return std::invoke(f, std::forward<Args>(args)...);
        } else {
            try {
                return std::invoke(f, std::forward<Args>(args)...);
            } catch (...) {
                fail();
            }
        }
    }

    /// Rethrows the exception being handled as this stage's.
    [[noreturn]] void fail() const;
    /// The same for one that was kept.
    [[noreturn]] void fail(std::exception_ptr error) const;

private:
    const char* kind_;
    std::string_view name_;
};

}  // namespace weir
