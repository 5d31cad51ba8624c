#include "connections.hpp"

#include <fmt/format.h>
#include <weir-enrich/model/now.hpp>

#include <utility>

namespace weir_enrich {

bool message_limit::admits(std::int64_t time) {
    if (begins(time)) {
        second_ = second_of(time);
        told_ = 0;
    }
    if (told_ == most_) {
        ++left_out_;
        return false;
    }
    ++told_;
    return true;
}

std::uint64_t message_limit::take_left_out() {
    return std::exchange(left_out_, 0);
}

connection_log::connection_log(std::string what, std::function<void(const std::string&)> tell)
    : what_(std::move(what)), tell_(std::move(tell)) {}

connection_log::~connection_log() {
    tell_left_out();
}

void connection_log::add(const weir::tcp::endpoint& peer, std::string_view change) {
    const std::int64_t time = now();
    if (limit_.begins(time)) tell_left_out();
    if (limit_.admits(time)) {
        tell_(fmt::format("{} {} {}", what_, weir::tcp::to_string(peer), change));
    }
}

void connection_log::tell_left_out() {
    if (const auto n = limit_.take_left_out(); n != 0) {
        tell_(fmt::format("{}: {} further messages left out", what_, n));
    }
}

}  // namespace weir_enrich
