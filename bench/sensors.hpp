#pragma once

#include <cstdint>
#include <vector>

// The work of the sensors bench: readings in Celsius, of which those between -40 and 85 are kept
// and given in Fahrenheit.
namespace bench {

inline constexpr std::uint64_t readings = 10'000'000;

inline bool plausible(double celsius) {
    return celsius >= -40 && celsius <= 85;
}
inline double fahrenheit(double celsius) {
    return celsius * 1.8 + 32;
}

/// The same readings for all: from -60 to 100, about one in five of them implausible.
inline const std::vector<double>& sensor_readings() {
    static const std::vector<double> all = [] {
        std::vector<double> made;
        made.reserve(readings);
        std::uint64_t dice = 1;
        for (std::uint64_t i = 0; i < readings; ++i) {
            dice = dice * 6364136223846793005 + 1442695040888963407;
            made.push_back(static_cast<double>(dice >> 33) * (160.0 / (1ull << 31)) - 60);
        }
        return made;
    }();
    return all;
}

}  // namespace bench
