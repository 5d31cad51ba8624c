// The claim: plain CSV of three short columns is parsed at the speed of memory or thereabouts.
//
// `weir` feeds a people.csv that is in memory to the parser in pieces, as a reader does, and looks
// at each record. Beside it: the least that anyone must do (count the newlines with memchr, a row
// is about 20 bytes), the same file by read(2) from the page cache, and the same people with every
// name in quotes.
#include <weir/connectors/csv/parser.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "opaque.hpp"

namespace {

constexpr std::size_t rows = 3'000'000;
constexpr std::size_t piece = std::size_t{64} << 10;

std::string make_people(std::string_view quote) {
    constexpr std::string_view first[] = {"Tom",   "Johnny", "Jim",   "Eric",  "Amanda",
                                          "Grace", "Judy",   "Frank", "Sally", "Will"};
    constexpr std::string_view last[] = {"Connor",   "Henderson", "Farley",   "Henson",
                                         "Jeffries", "Carlin",    "Anderson", "O' Sullivan",
                                         "Dorothy",  "McDougal"};
    std::mt19937 random{1};
    std::string text{"first_name,last_name,age\n"};
    const auto add = [&](std::string_view word) { text.append(quote).append(word).append(quote); };
    for (std::size_t i = 0; i != rows; ++i) {
        add(first[random() % 10]);
        text += ',';
        add(last[random() % 10]);
        text += ',';
        text += std::to_string(18 + random() % 48);
        text += '\n';
    }
    return text;
}

const std::string& plain_people() {
    static const std::string text = make_people("");
    return text;
}

const std::string& quoted_people() {
    static const std::string text = make_people("\"");
    return text;
}

// Looks at the last byte of each record's last field, so that views are made and followed.
std::uint64_t look_at(const weir::csv::batch& batch) {
    std::uint64_t sum = 0;
    for (const weir::csv::entry e : batch) {
        if (!e.ok()) continue;
        const std::string_view age = e.record()[2];
        sum += static_cast<unsigned char>(age.back());
    }
    return sum;
}

void parse(benchmark::State& state, const std::string& text) {
    for (auto _ : state) {
        weir::csv::parser parser{weir::csv::dialect{}};
        std::uint64_t sum = 0;
        std::size_t records = 0;
        const auto drain = [&] {
            while (const auto batch = parser.next()) {
                records += batch->size() - batch->errors();
                sum += look_at(*batch);
            }
        };
        for (std::size_t i = 0; i < text.size(); i += piece) {
            parser.feed(std::string_view{text}.substr(i, piece));
            drain();
        }
        parser.finish();
        drain();
        if (records != rows) state.SkipWithError("records are missing");
        bench::keep(sum);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void parse_file(benchmark::State& state) {
    const std::string& text = plain_people();
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
    if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size()) {
        state.SkipWithError("cannot write a temporary file");
        return;
    }
    std::setvbuf(file.get(), nullptr, _IONBF, 0);
    for (auto _ : state) {
        std::rewind(file.get());
        weir::csv::parser parser{weir::csv::dialect{}};
        std::uint64_t sum = 0;
        for (;;) {
            const auto space = parser.prepare(piece);
            const std::size_t got = std::fread(space.data(), 1, space.size(), file.get());
            parser.commit(got);
            if (got == 0) parser.finish();
            while (const auto batch = parser.next()) sum += look_at(*batch);
            if (got == 0) break;
        }
        bench::keep(sum);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void count_newlines(benchmark::State& state) {
    const std::string& text = plain_people();
    for (auto _ : state) {
        std::uint64_t lines = 0;
        const char* const end = text.data() + text.size();
        for (const char* at = text.data(); at != end; ++lines) {
            const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
            at = static_cast<const char*>(found) + 1;
        }
        bench::keep(lines);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

BENCHMARK_CAPTURE(parse, plain, plain_people())->Name("weir")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(parse, quoted, quoted_people())
    ->Name("weir, every name quoted")
    ->Unit(benchmark::kMillisecond);
BENCHMARK(parse_file)->Name("weir, from a file in the page cache")->Unit(benchmark::kMillisecond);
BENCHMARK(count_newlines)->Name("memchr newline count")->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
