/// \file
/// What nearly every test and example includes and nobody here changes: compiled once for all of
/// them, which halves what a test file takes to compile. A file still includes what it uses. (No
/// `#pragma once`: it is the main file of its own compilation, where GCC warns of it.)

#include <weir/core/asio.hpp>

#include <absl/container/flat_hash_map.h>
#include <asio.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>
