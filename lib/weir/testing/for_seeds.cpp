#include <weir/core/stage.hpp>
#include <weir/testing/for_seeds.hpp>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace weir::testing {

namespace {

std::optional<std::uint64_t> wanted_seed() {
    const char* text = std::getenv("WEIR_SEED");  // NOLINT(concurrency-mt-unsafe): no code sets it
    if (!text || !*text) return std::nullopt;
    std::uint64_t seed = 0;
    const char* end = text + std::strlen(text);
    const auto [rest, error] = std::from_chars(text, end, seed);
    if (error != std::errc() || rest != end) {
        throw std::invalid_argument("WEIR_SEED=" + std::string(text) + " is not a number");
    }
    return seed;
}

void run_under(std::uint64_t seed, const std::function<void(seeded_context&)>& body) {
    seeded_context ctx(seed);
    body(ctx);
}

}  // namespace

seed_error::seed_error(std::uint64_t seed, const std::string& message, std::exception_ptr cause)
    : weir::error("seed " + std::to_string(seed) + " fails (WEIR_SEED=" + std::to_string(seed) +
                  " replays it): " + message),
      seed_(seed),
      cause_(std::move(cause)) {}

void for_seeds(std::uint64_t count, const std::function<void(seeded_context&)>& body) {
    if (const auto seed = wanted_seed()) return run_under(*seed, body);
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        try {
            run_under(seed, body);
        } catch (...) {
            const auto cause = std::current_exception();
            throw seed_error(seed, describe(cause), cause);
        }
    }
}

}  // namespace weir::testing
