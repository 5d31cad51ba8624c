/// What the tests of sockets have in common.
#pragma once

#include <weir/connectors/tcp/client_event.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/asio.hpp>

#include <asio.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::testing {

/// What is wrong with a line.
struct line_fault {
    std::uint64_t offset;
    const char* why;
    std::string message() const { return why; }
};

/// A decoder of numbers, one a line. A line that starts with '!' breaks it.
class number_lines {
public:
    using value_type = int;

    template <class OnValue, class OnFault>
    std::size_t feed(std::string_view bytes, OnValue&& on_value, OnFault&& on_fault) {
        for (std::size_t at = 0; at != bytes.size() && !broken_;) {
            const char c = bytes[at++];
            ++seen_;
            if (c != '\n') {
                line_ += c;
            } else if (!finish(on_value, on_fault)) {
                return at;
            }
        }
        return bytes.size();
    }
    template <class OnValue, class OnFault>
    void end(OnValue&& /*on_value*/, OnFault&& on_fault) {
        if (!line_.empty()) on_fault(line_fault{begin_, "cut off"});
    }
    bool broken() const { return broken_; }

private:
    template <class OnValue, class OnFault>
    bool finish(OnValue& on_value, OnFault& on_fault) {
        int number = 0;
        bool more = true;
        const char* const stop = line_.data() + line_.size();
        const auto [end, error] = std::from_chars(line_.data(), stop, number);
        if (line_.starts_with('!')) {
            broken_ = true;
            on_fault(line_fault{begin_, "broken"});
        } else if (error != std::errc() || end != stop) {
            on_fault(line_fault{begin_, "no number"});
        } else {
            more = on_value(int{number});
        }
        begin_ = seen_;
        line_.clear();
        return more;
    }

    std::string line_;
    std::uint64_t seen_ = 0;
    std::uint64_t begin_ = 0;  // of the line
    bool broken_ = false;
};

/// Remembers events.
struct event_book {
    struct entry {
        tcp::connection_change what;
        tcp::endpoint client;
        std::uint64_t offset;
        std::string message;
        asio::error_code error;
    };
    std::vector<entry> entries;

    auto listener() {
        return [this](const tcp::client_event& e) {
            entries.push_back({e.what, e.client, e.offset, std::string(e.message), e.error});
        };
    }
    std::size_t count(tcp::connection_change what) const {
        std::size_t n = 0;
        for (const entry& e : entries) n += e.what == what ? 1 : 0;
        return n;
    }
    /// The first of a kind; there must be one.
    const entry& the(tcp::connection_change what) const {
        for (const entry& e : entries) {
            if (e.what == what) return e;
        }
        throw std::logic_error("no such event");
    }
};

/// The other side: plain blocking calls.
class peer {
public:
    explicit peer(const tcp::endpoint& to) : socket_(io_) { socket_.connect(to); }

    void send(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes)); }
    /// Sends as much as goes without waiting: how many bytes that was.
    std::size_t send_some(std::string_view bytes) {
        asio::error_code error;
        socket_.non_blocking(true);
        const std::size_t sent = socket_.write_some(asio::buffer(bytes), error);
        socket_.non_blocking(false);
        return sent;
    }
    void close() { socket_.close(); }
    /// Closes so that the other side meets an error and not the end.
    void reset() {
        socket_.set_option(asio::socket_base::linger(true, 0));
        socket_.close();
    }
    /// What comes until the other side closes. Blocks.
    std::string read_all() {
        std::string all;
        asio::error_code error;
        asio::read(socket_, asio::dynamic_buffer(all), error);
        return all;
    }
    /// The next `size` bytes. Blocks.
    std::string read(std::size_t size) {
        std::string bytes(size, '\0');
        asio::read(socket_, asio::buffer(bytes));
        return bytes;
    }
    asio::ip::tcp::socket& socket() { return socket_; }
    tcp::endpoint local() const { return socket_.local_endpoint(); }

private:
    asio::io_context io_;
    asio::ip::tcp::socket socket_;
};

}  // namespace weir::testing
