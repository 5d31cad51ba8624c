// Drives a program that takes trades by TCP and gives them back enriched, and measures it from
// outside: how late each trade comes back, or how many come back a second.
//
//     enrich_tcp IN_PORT OUT_PORT RATE SECONDS     one figure a line, in JSON
//
// With a RATE trades are due in ticks of 100 us, whatever became of those before, and each is timed
// from when it was due: a program that stands still for a while is late with all that was due
// meanwhile (no coordinated omission). All times are kept, so the quantiles are exact. The first
// second does not count. With RATE 0 they are sent as fast as they are taken.
#include <weir/codec/detail/frame_layout.hpp>
#include <weir/codec/detail/little_endian.hpp>
#include <weir/codec/frame_write.hpp>
#include <weir/core/asio.hpp>

#include <asio.hpp>
#include <sys/prctl.h>
#include <weir-enrich/model/trade.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto tick = 100us;
constexpr std::uint64_t ticks_a_second = 1s / tick;
constexpr std::uint64_t trades_flat_out = 3'000'000;

struct plan {
    std::uint64_t rate;  // trades a second; 0: as fast as they are taken
    std::uint64_t trades;
    clock_type::time_point start;

    std::uint64_t a_tick() const { return rate / ticks_a_second; }
    clock_type::time_point due(std::uint64_t id) const { return start + id / a_tick() * tick; }
};

weir_enrich::trade trade_number(std::uint64_t id) {
    std::uint64_t dice = id * 0x9e3779b97f4a7c15;
    dice ^= dice >> 32;
    weir_enrich::trade made;
    made.trade_id = id;
    made.instrument_id = static_cast<std::uint32_t>(dice % 10'000);
    made.user_id = static_cast<std::uint32_t>((dice >> 20) % 100'000);
    made.price = 100;
    made.quantity = 1 + static_cast<std::uint32_t>(id % 100);
    return made;
}

tcp::socket connect(asio::io_context& io, std::uint16_t port) {
    tcp::socket socket(io);
    socket.connect({asio::ip::address_v4::loopback(), port});
    socket.set_option(tcp::no_delay(true));
    return socket;
}

void send_at_rate(tcp::socket& to, const plan& p) {
    std::string bytes;
    for (std::uint64_t id = 0; id < p.trades;) {
        std::this_thread::sleep_until(p.due(id));
        bytes.clear();
        for (std::uint64_t n = 0; n < p.a_tick(); ++n) {
            weir::codec::append_frame(bytes, trade_number(id++));
        }
        asio::write(to, asio::buffer(bytes));
    }
}

std::string all_frames(const plan& p) {
    std::string bytes;
    for (std::uint64_t id = 0; id < p.trades; ++id) {
        weir::codec::append_frame(bytes, trade_number(id));
    }
    return bytes;
}

// Calls `take(id)` for the trades that come, whose ids are the first field of their frames.
template <class Take>
void receive(tcp::socket& from, std::uint64_t trades, Take take) {
    std::vector<char> block(std::size_t{1} << 20);
    std::size_t held = 0;
    for (std::uint64_t seen = 0; seen < trades;) {
        held += from.read_some(asio::buffer(block.data() + held, block.size() - held));
        std::size_t at = 0;
        while (held - at >= weir::codec::detail::frame_header_size + 8) {
            const char* const frame = block.data() + at;
            const auto payload = weir::codec::detail::load_number<std::uint32_t>(frame + 4);
            const std::size_t size = payload + weir::codec::detail::frame_overhead;
            if (!std::string_view(frame, 2).starts_with(weir::codec::detail::frame_mark)) {
                throw std::runtime_error("what came back is no frame");
            }
            if (held - at < size) break;
            take(weir::codec::detail::load_number<std::uint64_t>(
                frame + weir::codec::detail::frame_header_size));
            at += size;
            ++seen;
        }
        std::copy(block.data() + at, block.data() + held, block.data());
        held -= at;
    }
}

void print(std::string_view what, double figure) {
    std::cout << R"({"bench":"enrich_tcp","who":")" << what << R"(","figure":)" << figure << "}\n";
}

void measure_delays(tcp::socket& in, tcp::socket& out, const plan& p) {
    std::vector<double> late;  // in us
    late.reserve(p.trades);
    std::thread sender([&] { send_at_rate(in, p); });
    receive(out, p.trades, [&](std::uint64_t id) {
        const std::chrono::duration<double, std::micro> delay = clock_type::now() - p.due(id);
        if (id >= p.rate) late.push_back(delay.count());
    });
    sender.join();
    std::sort(late.begin(), late.end());
    const auto quantile = [&](double q) {
        return late[static_cast<std::size_t>(q * static_cast<double>(late.size() - 1))];
    };
    print("p50", quantile(0.5));
    print("p99", quantile(0.99));
    print("p99.9", quantile(0.999));
    print("max", late.back());
}

void measure_throughput(tcp::socket& in, tcp::socket& out, const plan& p) {
    const std::string frames = all_frames(p);
    const auto start = clock_type::now();
    std::thread sender([&] { asio::write(in, asio::buffer(frames)); });
    receive(out, p.trades, [](std::uint64_t) {});
    const std::chrono::duration<double> took = clock_type::now() - start;
    sender.join();
    print("trades_a_second", static_cast<double>(p.trades) / took.count());
}

void run(std::span<char*> args) {
    const auto number = [&](std::size_t i) { return std::stoull(args[i]); };
    asio::io_context io;
    auto out = connect(io, static_cast<std::uint16_t>(number(2)));
    auto in = connect(io, static_cast<std::uint16_t>(number(1)));
    // Both programs take a moment to see who has come; what is sent before that nobody gets.
    std::this_thread::sleep_for(300ms);
    plan p{number(3), trades_flat_out, clock_type::now() + 10ms};
    if (p.rate == 0) return measure_throughput(in, out, p);
    p.trades = p.rate * number(4);
    measure_delays(in, out, p);
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 5) throw std::invalid_argument("usage: enrich_tcp IN_PORT OUT_PORT RATE SECONDS");
    prctl(PR_SET_TIMERSLACK, 1UL);  // sleep no longer than asked for
    run(std::span(argv, static_cast<std::size_t>(argc)));
} catch (const std::exception& e) {
    std::cerr << "enrich_tcp: " << e.what() << '\n';
    return EXIT_FAILURE;
}
