// Receives values by TCP and publishes them to subscribers.
#include <weir/connectors/tcp/connect.hpp>
#include <weir/connectors/tcp/publish.hpp>
#include <weir/connectors/tcp/receive.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/to.hpp>

#include <asio.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;

// [decoder]
struct line_fault {
    std::uint64_t offset;
    std::string message() const { return "the line is too long, or was cut off"; }
};

class text_lines {
public:
    using value_type = std::string;

    template <class OnValue, class OnFault>
    std::size_t feed(std::string_view bytes, OnValue&& on_value, OnFault&& on_fault) {
        for (std::size_t at = 0; at != bytes.size();) {
            const char c = bytes[at++];
            ++seen_;
            if (c != '\n') {
                if (line_.size() < longest) line_ += c;
                continue;
            }
            std::string line = std::exchange(line_, {});
            if (line.size() == longest) {
                on_fault(line_fault{seen_});
            } else if (!on_value(std::move(line))) {
                return at;  // the consumer wants no more now: the rest is fed later
            }
        }
        return bytes.size();
    }
    template <class OnValue, class OnFault>
    void end(OnValue&& /*on_value*/, OnFault&& on_fault) {
        if (!line_.empty()) on_fault(line_fault{seen_});
    }

private:
    static constexpr std::size_t longest = 1'000;  // bounds the memory that a client can use
    std::string line_;
    std::uint64_t seen_ = 0;
};
// [/decoder]

std::string louder(std::string text) {
    return text + "!";
}

bool served() {
    weir::runtime rt(2);
    weir::pipeline p("shout", rt.executor());
    weir::tcp::publish_report report;
    std::promise<void> subscribed;

    // [service]
    weir::tcp::listener in(rt.executor(), {.port = 0});  // loopback, a free port: in.port()
    weir::tcp::listener out(rt.executor(), {.port = 0});

    auto tell = [](const weir::tcp::client_event& e) {
        std::cerr << weir::tcp::to_string(e.client) << ": " << weir::tcp::to_string(e.what)
                  << ", byte " << e.offset << ' ' << e.message << '\n';
    };
    auto encode = [](std::string& to, const std::string& text) { to += text + '\n'; };
    weir::tcp::publish_options to_subscribers{.when_full = weir::overflow::drop_oldest};
    // [/service]
    const auto from = in.local();
    const auto to = out.local();
    to_subscribers.on_event = [&](const weir::tcp::subscriber_event& e) {
        if (e.what == weir::tcp::connection_change::connected) subscribed.set_value();
    };
    // [pipeline]
    p.add("shout",
          weir::tcp::receive<text_lines>(std::move(in), {.max_clients = 100, .on_event = tell}) |
              p.source("clients") | weir::map(louder) |
              weir::tcp::publish(std::move(out), encode, to_subscribers),
          [&](const weir::tcp::publish_report& r) { report = r; });
    // [/pipeline]
    auto running = p.run(asio::use_future);

    // [connect]
    auto heard = weir::tcp::connect<text_lines>(rt.executor(), "127.0.0.1", to.port(),
                                                {.reconnect = weir::backoff_policy()}) |
                 weir::take(2) | weir::to<std::vector>();
    // [/connect]
    auto first_two = std::move(heard).start(rt.executor(), asio::use_future);
    subscribed.get_future().wait();

    asio::io_context io;
    asio::ip::tcp::socket client(io);
    client.connect(from);
    asio::write(client, asio::buffer(std::string_view("one\ntwo\n")));
    const bool good = first_two.get() == std::vector<std::string>{"one!", "two!"};

    p.drain(5s, asio::use_future).get();
    running.get();
    return good && report.published.messages == 2;
}

}  // namespace

int main() {
    if (served()) return 0;
    std::cerr << "the service is wrong\n";
    return 1;
}
