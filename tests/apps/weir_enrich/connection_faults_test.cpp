// What goes wrong with clients and subscribers, over real sockets.

#include <weir/codec/frame_write.hpp>
#include <weir/codec/frames.hpp>
#include <weir/core/asio.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/trade.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <future>
#include <numeric>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "feeds.hpp"

using namespace weir_enrich_test;
using weir_load_test::program;
using weir_load_test::scratch;

namespace {

using ids = std::vector<std::uint64_t>;

// Trades from `first` on, that the tables know, as frames.
std::string frames_of(std::uint64_t first, std::uint64_t count) {
    std::string bytes;
    for (std::uint64_t id = first; id != first + count; ++id) {
        weir_enrich::trade t;
        t.trade_id = id;
        t.price = 1;
        t.quantity = 1;
        weir::codec::append_frame(bytes, t);
    }
    return bytes;
}

ids range(std::uint64_t first, std::uint64_t count) {
    ids all(count);
    std::iota(all.begin(), all.end(), first);
    return all;
}

// The trades in whole lines of JSON.
ids in_lines(const std::string& text) {
    static const std::string key = R"({"trade_id":)";
    ids found;
    const auto end = text.rfind('\n');
    for (auto at = text.find(key); at < end; at = text.find(key, at + 1)) {
        found.push_back(std::stoull(text.substr(at + key.size(), 20)));
    }
    return found;
}

ids in_frames(const std::string& bytes) {
    ids found;
    weir::codec::frames<weir_enrich::enriched_trade> decoder;
    const auto keep = [&](weir_enrich::enriched_trade&& t) { found.push_back(t.trade_id); };
    const auto refuse = [](const weir::codec::fault& f) { FAIL(f.message()); };
    decoder.feed(bytes, keep, refuse);
    decoder.end(keep, refuse);
    return found;
}

// A client whose connection the log has reported.
class subscriber : public client {
public:
    subscriber(program& p, const std::string& announced) : client(announced) {
        line_with(p, " connected");
    }

    // The trades in the next so many lines.
    ids next_lines(std::size_t count) {
        ids found;
        while (found.size() != count) {
            const std::size_t size =
                asio::read_until(socket(), asio::dynamic_buffer(waiting_), '\n');
            const ids one = in_lines(waiting_.substr(0, size));
            found.insert(found.end(), one.begin(), one.end());
            waiting_.erase(0, size);
        }
        return found;
    }
    // All that comes until the connection ends, however it does.
    std::string rest() {
        std::string bytes = std::move(waiting_);
        asio::error_code error;
        std::array<char, 65'536> part;
        while (!error) bytes.append(part.data(), socket().read_some(asio::buffer(part), error));
        return bytes;
    }

private:
    std::string waiting_;
};

struct ledger {
    std::uint64_t received;
    std::uint64_t emitted;
    std::uint64_t dropped;
    std::uint64_t rejected;
};

ledger ledger_of(const std::string& line) {
    static const std::regex books(
        R"(received (\d+) = emitted (\d+) \+ dropped (\d+) \+ rejected (\d+)$)");
    std::smatch n;
    REQUIRE_MESSAGE(std::regex_search(line, n, books), line);
    return {std::stoull(n[1]), std::stoull(n[2]), std::stoull(n[3]), std::stoull(n[4])};
}

const std::string any_port = "tcp://127.0.0.1:0";

}  // namespace

TEST_CASE(
    "a client that vanishes in a frame, and one whose frame is broken, harm only themselves") {
    const scratch dir;
    program p(dir.path(), {"run", "--trades", any_port, "--out", any_port + "?format=jsonl"},
              enrich);
    const std::string in = line_with(p, "trades: listening on ");
    subscriber out(p, line_with(p, "subscribers: listening on "));
    client steady(in);
    {
        client vanishing(in);
        vanishing.send(frames_of(1, 1) + frames_of(2, 1).substr(0, 20));
        CHECK(out.next_lines(1) == ids{1});
    }
    line_with(p, ": rejected");
    const std::string good = frames_of(3, 1);
    std::string broken = frames_of(4, 1);
    broken[broken.size() / 2] ^= 1;
    client breaking(in);
    breaking.send(good + broken + frames_of(5, 1));
    CHECK(out.next_lines(1) == ids{3});
    // The log has its position in the bytes of this client, and the connection ends.
    line_with(p, ": byte " + std::to_string(good.size()) + ": ");
    asio::error_code error;
    std::array<char, 1> none;
    breaking.socket().read_some(asio::buffer(none), error);
    CHECK(error);

    steady.send(frames_of(6, 1));
    CHECK(out.next_lines(1) == ids{6});
    p.signal(SIGTERM);
    const ledger books = ledger_of(line_with(p, "received "));
    CHECK(books.received == 5);
    CHECK(books.emitted == 3);
    CHECK(books.rejected == 2);
    CHECK(p.wait() == 130);
}

TEST_CASE("a subscriber that stops reading is cut off, and another gets everything") {
    const scratch dir;
    program p(dir.path(), {"run", "--trades", any_port, "--out", any_port + "?format=jsonl"},
              enrich);
    client in(line_with(p, "trades: listening on "));
    const std::string port = line_with(p, "subscribers: listening on ");
    subscriber idle(p, port);
    subscriber busy(p, port);
    // Far more than the queue of 4 MiB and the buffers of the sockets hold. The busy one has read
    // each part before the next is sent: it is never behind.
    constexpr std::uint64_t part = 2'000;
    constexpr std::uint64_t all = 30 * part;
    for (std::uint64_t sent = 0; sent != all; sent += part) {
        in.send(frames_of(sent, part));
        REQUIRE((busy.next_lines(part) == range(sent, part)));
    }
    line_with(p, " disconnected");
    p.signal(SIGTERM);
    CHECK(has(line_with(p, " came, "), "2 subscribers came, 1 were too slow and cut off"));
    CHECK(ledger_of(line_with(p, "received ")).emitted == all);
    CHECK(p.wait() == 130);
    // What the slow one got is without a gap.
    const ids got = in_lines(idle.rest());
    CHECK(got.size() < all);
    CHECK((got == range(0, got.size())));
}

TEST_CASE("a port with behind=wait waits for its subscribers, and they get everything") {
    const scratch dir;
    program p(dir.path(),
              {"run", "--trades", any_port, "--out", any_port + "?format=jsonl&behind=wait",
               "--out", any_port + "?format=jsonl&behind=wait"},
              enrich);
    client in(line_with(p, "trades: listening on "));
    const std::string port = line_with(p, "subscribers: listening on ");
    const std::string other_port = line_with(p, "subscribers: listening on ");
    subscriber first(p, port);
    subscriber second(p, other_port);
    constexpr std::uint64_t all = 60'000;
    auto sent = std::async(std::launch::async, [&in] { in.send(frames_of(0, all)); });
    auto of_first = std::async(std::launch::async, [&first] { return first.next_lines(all); });
    CHECK((second.next_lines(all) == range(0, all)));
    CHECK((of_first.get() == range(0, all)));
    sent.get();
    p.signal(SIGTERM);
    CHECK(has(line_with(p, " came, "), "1 subscribers came, 0 were too slow and cut off"));
    CHECK(has(line_with(p, " came, "), "1 subscribers came, 0 were too slow and cut off"));
    CHECK(ledger_of(line_with(p, "received ")).emitted == all);
    CHECK(p.wait() == 130);
}

TEST_CASE("a signal under load: the books balance, and each subscriber has exactly what they say") {
    const scratch dir;
    program p(
        dir.path(),
        {"run", "--trades", any_port, "--drain-within", "60", "--out", any_port + "?behind=wait",
         "--out", any_port + "?format=jsonl&behind=wait", "--out", "out.csv"},
        enrich);
    const std::string in = line_with(p, "trades: listening on ");
    const std::string frames = line_with(p, "subscribers: listening on ");
    const std::string lines = line_with(p, "subscribers: listening on ");
    subscriber binary(p, frames);
    subscriber text(p, lines);
    // Until the connection is cut.
    const auto load = [&in](std::uint64_t first) {
        client c(in);
        asio::error_code error;
        for (; !error; first += 100) {
            asio::write(c.socket(), asio::buffer(frames_of(first, 100)), error);
        }
    };
    auto one = std::async(std::launch::async, load, 0);
    auto other = std::async(std::launch::async, load, std::uint64_t{1} << 40);
    auto all_binary = std::async(std::launch::async, [&binary] { return binary.rest(); });
    ids got = text.next_lines(20'000);
    p.signal(SIGTERM);
    const ids rest = in_lines(text.rest());
    got.insert(got.end(), rest.begin(), rest.end());
    const ledger books = ledger_of(line_with(p, "received "));
    CHECK(p.wait() == 130);
    CHECK(books.received == books.emitted + books.dropped + books.rejected);
    CHECK(got.size() == books.emitted);
    CHECK((got == in_frames(all_binary.get())));
    const std::string csv = weir_load_test::read_file(dir / "out.csv");
    CHECK(static_cast<std::uint64_t>(std::ranges::count(csv, '\n')) == books.emitted + 1);
}
