// Under TSan operator new is the sanitizer's own and cannot be replaced: nothing is counted there.
#if defined(__SANITIZE_THREAD__)
#define WEIR_TEST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEIR_TEST_TSAN 1
#endif
#endif

#if !defined(WEIR_TEST_TSAN)

#include <weir/connectors/csv/parser.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

// Counts what the whole program allocates; the test looks at differences.
static std::atomic<std::size_t> allocations{0};

void* operator new(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
    throw std::bad_alloc{};
}
void operator delete(void* p) noexcept {
    std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
    std::free(p);
}

namespace csv = weir::csv;

TEST_CASE("csv: once warm, reading allocates nothing, whatever good records hold") {
    std::string piece;
    for (int i = 0; i != 1'000; ++i) piece += "Tom,\"O'\"\"Hara\"\"\",33\nJim,Connor,44\r\n";
    piece += "Eve,";  // cut within a record
    constexpr std::string_view rest = "\"Miller\",22\n";

    csv::parser parser{csv::dialect{.header = csv::header::none}};
    std::size_t records = 0;
    const auto round = [&] {
        for (const std::string_view part : {std::string_view{piece}, rest}) {
            parser.feed(part);
            while (const auto batch = parser.next()) records += batch->size();
        }
    };
    for (int i = 0; i != 10; ++i) round();
    const std::size_t before = allocations.load();
    for (int i = 0; i != 100; ++i) round();
    CHECK(allocations.load() == before);
    CHECK(records == 110 * 2'001);
}

#endif
