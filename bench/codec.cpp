// The claim: a trade becomes bytes and bytes become a trade fast enough to be forgotten, as a frame
// within a few times what copying the struct costs.
//
// The same trades, each way, by runs of 1,024 in memory: written to a string that has room, read in
// chunks of 64 KiB as a socket gives them. `memcpy` copies the struct as it lies in memory, which
// is no format, and is the least that anyone must do. The counter `bytes` is what a trade takes.
#include <weir/codec/frame_write.hpp>
#include <weir/codec/frames.hpp>
#include <weir/codec/json_lines.hpp>
#include <weir/codec/json_write.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "opaque.hpp"

namespace {

namespace codec = weir::codec;

enum class side : std::uint8_t { buy, sell };
constexpr auto weir_names(std::type_identity<side>) {
    return codec::names(codec::name("buy", side::buy), codec::name("sell", side::sell));
}

struct trade {
    std::uint64_t id;
    std::uint64_t time;  // ns since 1970
    std::uint32_t instrument;
    std::uint32_t user;
    double price;
    double quantity;
    side taker;
};
constexpr auto weir_fields(std::type_identity<trade>) {
    return codec::fields(
        codec::field("trade_id", &trade::id), codec::field("time", &trade::time),
        codec::field("instrument_id", &trade::instrument), codec::field("user_id", &trade::user),
        codec::field("trade_px", &trade::price), codec::field("quantity", &trade::quantity),
        codec::field("side", &trade::taker));
}

constexpr std::size_t count = 100'000;
constexpr std::size_t run = 1'024;
constexpr std::size_t piece = std::size_t{64} << 10;

// The Rust peer makes the same ones.
const std::vector<trade>& all_trades() {
    static const std::vector<trade> all = [] {
        std::vector<trade> made;
        std::uint64_t state = 1;
        const auto below = [&state](std::uint64_t n) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            return (state >> 33) % n;
        };
        for (std::uint64_t i = 0; i != count; ++i) {
            trade t{};
            t.id = 1'000'000 + i;
            t.time = 1'700'000'000'000'000'000U + i * 1'000;
            t.instrument = static_cast<std::uint32_t>(below(10'000));
            t.user = static_cast<std::uint32_t>(below(100'000));
            t.price = static_cast<double>(below(1'000'000)) / 100;
            t.quantity = static_cast<double>(1 + below(1'000));
            t.taker = below(2) == 0 ? side::buy : side::sell;
            made.push_back(t);
        }
        return made;
    }();
    return all;
}

struct json_format {
    using decoder = codec::json_lines<trade>;
    static void append(std::string& to, const trade& t) { codec::append_json_line(to, t); }
};
struct frame_format {
    using decoder = codec::frames<trade>;
    static void append(std::string& to, const trade& t) { codec::append_frame(to, t); }
};

void report(benchmark::State& state, std::size_t bytes) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
    state.counters["bytes"] = static_cast<double>(bytes) / count;
}

template <class Format>
void write(benchmark::State& state) {
    const auto& trades = all_trades();
    std::string out;
    std::size_t bytes = 0;
    for (auto _ : state) {
        bytes = 0;
        for (std::size_t i = 0; i != count;) {
            out.clear();
            for (const std::size_t end = std::min(i + run, count); i != end; ++i) {
                Format::append(out, trades[i]);
            }
            bytes += out.size();
            benchmark::DoNotOptimize(out.data());
            benchmark::ClobberMemory();
        }
    }
    report(state, bytes);
}

template <class Format>
void read(benchmark::State& state) {
    std::string text;
    for (const trade& t : all_trades()) Format::append(text, t);
    for (auto _ : state) {
        typename Format::decoder decoder;
        std::uint64_t seen = 0;
        std::uint64_t sum = 0;
        const auto value = [&](trade&& t) {
            ++seen;
            sum += t.id + t.instrument + static_cast<std::uint64_t>(t.price);
        };
        const auto fault = [](const codec::fault& f) { throw std::logic_error(f.message()); };
        for (std::size_t i = 0; i < text.size(); i += piece) {
            decoder.feed(std::string_view(text).substr(i, piece), value, fault);
        }
        decoder.end(value, fault);
        if (seen != count) throw std::logic_error("trades are missing");
        bench::keep(sum);
    }
    report(state, text.size());
}

void copy_structs(benchmark::State& state) {
    const auto& trades = all_trades();
    std::array<char, run * sizeof(trade)> out{};
    for (auto _ : state) {
        for (std::size_t i = 0; i != count;) {
            char* at = out.data();
            for (const std::size_t end = std::min(i + run, count); i != end; ++i) {
                std::memcpy(at, &trades[i], sizeof(trade));
                at += sizeof(trade);
            }
            benchmark::DoNotOptimize(out.data());
            benchmark::ClobberMemory();
        }
    }
    report(state, count * sizeof(trade));
}

BENCHMARK(write<frame_format>)->Name("weir@write_frame")->UseRealTime();
BENCHMARK(read<frame_format>)->Name("weir@read_frame")->UseRealTime();
BENCHMARK(write<json_format>)->Name("weir@write_json")->UseRealTime();
BENCHMARK(read<json_format>)->Name("weir@read_json")->UseRealTime();
BENCHMARK(copy_structs)->Name("memcpy")->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
