#include "create_file.hpp"

#include <fmt/format.h>
#include <shared/interruption.hpp>
#include <shared/printable.hpp>
#include <shared/whole_program.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "output_file.hpp"
#include "text.hpp"

namespace weir_load {

namespace {

constexpr std::array<std::string_view, 10> first_names = {
    "Tom", "Johnny", "Jim", "Eric", "Amanda", "Grace", "Judy", "Frank", "Sally", "Will"};
constexpr std::array<std::string_view, 10> last_names = {
    "Connor", "Henderson", "Farley",      "Henson",  "Jeffries",
    "Carlin", "Anderson",  "O' Sullivan", "Dorothy", "McDougal"};
constexpr unsigned youngest = 18;
constexpr unsigned oldest = 65;

/// One line of the file. All lines have the same room, so a line is copied by a few wide moves of a
/// size known in advance. The bytes after its end are overwritten by the next line.
struct line {
    static constexpr std::size_t room = 32;
    std::array<char, room> text;
    std::size_t size;
};

/// All possible lines of the file: only 4,800.
std::vector<line> all_lines() {
    std::vector<line> lines;
    for (const auto first : first_names) {
        for (const auto last : last_names) {
            for (unsigned age = youngest; age <= oldest; ++age) {
                line l{};
                const auto end =
                    fmt::format_to_n(l.text.data(), line::room, "{},{},{}\n", first, last, age);
                l.size = end.size;
                lines.push_back(l);
            }
        }
    }
    return lines;
}

/// SplitMix64 (Steele, Lea, Flood 2014): a small generator, the same on all machines.
class split_mix {
public:
    explicit split_mix(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() noexcept {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }

private:
    std::uint64_t state_;
};

/// A chunk of the file, filled line by line.
class chunk {
public:
    static constexpr std::size_t full_size = std::size_t{1} << 20;

    void add(std::string_view text) noexcept {
        std::memcpy(end_, text.data(), text.size());
        end_ += text.size();
    }
    void add(const line& l) noexcept {
        std::memcpy(end_, l.text.data(), line::room);
        end_ += l.size;
    }
    std::size_t lines_left() const noexcept { return (full_size - text().size()) / line::room; }
    std::string_view text() const noexcept {
        return {memory_.get(), static_cast<std::size_t>(end_ - memory_.get())};
    }
    void clear() noexcept { end_ = memory_.get(); }

private:
    std::unique_ptr<char[]> memory_ = std::make_unique_for_overwrite<char[]>(full_size);
    char* end_ = memory_.get();
};

/// Adds `rows` random lines.
void fill(chunk& to, std::size_t rows, const std::vector<line>& lines, split_mix& random) noexcept {
    // A random number of 32 bits, scaled to an index. The bias of one in a million does not matter.
    // Each draw gives two of them.
    const auto pick = [&](std::uint64_t bits) -> const line& {
        return lines[(bits & 0xffffffff) * lines.size() >> 32];
    };
    for (std::size_t i = 0; i < rows / 2; ++i) {
        const std::uint64_t bits = random.next();
        to.add(pick(bits));
        to.add(pick(bits >> 32));
    }
    if (rows % 2 != 0) to.add(pick(random.next()));
}

/// Prints on the standard error, because the standard output may be the file.
void say(const std::string& what) {
    weir_apps::print_error("weir-load: " + weir_apps::printable(what) + '\n');
}

std::uint64_t some_seed() {
    std::random_device device;
    return device();
}

}  // namespace

exit_code create_file(const create_options& options) {
    const auto started = std::chrono::steady_clock::now();
    const weir_apps::interruption interrupted;
    const auto stop = interrupted.token();
    const std::uint64_t seed = options.seed ? *options.seed : some_seed();
    output_file file(options.output);
    split_mix random(seed);
    const std::vector<line> lines = all_lines();
    chunk next;
    next.add("first_name,last_name,age\n");
    for (std::uint64_t left = options.number_rows; left != 0;) {
        const std::uint64_t rows = std::min<std::uint64_t>(left, next.lines_left());
        fill(next, static_cast<std::size_t>(rows), lines, random);
        left -= rows;
        file.write(next.text());
        next.clear();
        if (stop.stop_requested()) {
            say(fmt::format("interrupted; {} was not written", file.name()));
            return exit_code::interrupted;
        }
    }
    file.write(next.text());
    file.commit();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    say(fmt::format("wrote {}: {} in {} (seed {})", file.name(),
                    counted(options.number_rows, "row", "rows"), duration(took.count()), seed));
    return exit_code::success;
}

}  // namespace weir_load
