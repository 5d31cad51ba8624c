/// What tests of several streams share.
#pragma once

#include <weir/operators/map.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>

#include <support/items.hpp>

#include <string>
#include <utility>
#include <vector>

namespace weir::testing {

inline std::string text_of(move_only x) {
    return std::to_string(x.value());
}

/// A stream of these numbers, ready at once.
inline any_stream<move_only> numbers(std::vector<int> values) {
    return from_range(std::move(values)) | map([](int x) { return move_only(x); });
}

/// Streams in a list: the second form of a join.
template <class T>
std::vector<any_stream<T>> listed(any_stream<T> first, any_stream<T> second) {
    std::vector<any_stream<T>> all;
    all.push_back(std::move(first));
    all.push_back(std::move(second));
    return all;
}

}  // namespace weir::testing
