#include "weir-load/uuid.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>

namespace {

using namespace weir_load;

std::uint64_t timestamp(const uuid& id) {
    std::uint64_t t = 0;
    for (std::size_t i = 0; i < 6; ++i) t = t << 8 | id[i];
    return t;
}
int version(const uuid& id) {
    return id[6] >> 4;
}
bool has_rfc_variant(const uuid& id) {
    return id[8] >> 6 == 0b10;
}

std::uint64_t hand_time = 0;
std::uint64_t by_hand() {
    return hand_time;
}

}  // namespace

TEST_CASE("An id of version 7 says so, and says when it was made") {
    uuid7_source ids;
    const std::uint64_t before = unix_milliseconds();
    const uuid id = ids.next();
    CHECK(version(id) == 7);
    CHECK(has_rfc_variant(id));
    CHECK(timestamp(id) >= before);
    CHECK(timestamp(id) <= unix_milliseconds());
}

TEST_CASE("Ids of version 7 rise, within a millisecond too") {
    uuid7_source ids;
    uuid last = ids.next();
    bool rising = true;
    bool marked = true;
    for (int i = 0; i < 300'000; ++i) {
        const uuid id = ids.next();
        rising = rising && last < id;
        marked = marked && version(id) == 7 && has_rfc_variant(id);
        last = id;
    }
    CHECK(rising);
    CHECK(marked);
}

TEST_CASE("Ids of version 7 rise while the clock stands still or goes back") {
    hand_time = 1'000'000;
    uuid7_source ids(by_hand);
    const uuid first = ids.next();
    const uuid second = ids.next();
    CHECK(timestamp(first) == 1'000'000);
    CHECK(timestamp(second) == 1'000'000);
    CHECK(first < second);
    hand_time = 5;
    const uuid third = ids.next();
    CHECK(second < third);
    CHECK(timestamp(third) == 1'000'000);
    hand_time = 1'000'001;
    const uuid fourth = ids.next();
    CHECK(third < fourth);
    CHECK(timestamp(fourth) == 1'000'001);
}

TEST_CASE("Two sources in the same millisecond make different ids") {
    hand_time = 77;
    uuid7_source some(by_hand);
    uuid7_source others(by_hand);
    std::set<uuid> all;
    for (int i = 0; i < 1'000; ++i) {
        all.insert(some.next());
        all.insert(others.next());
    }
    CHECK(all.size() == 2'000);
}

TEST_CASE("Ids of version 4 say so and are all different") {
    uuid4_source ids;
    std::set<uuid> all;
    bool marked = true;
    for (int i = 0; i < 10'000; ++i) {
        const uuid id = ids.next();
        marked = marked && version(id) == 4 && has_rfc_variant(id);
        all.insert(id);
    }
    CHECK(marked);
    CHECK(all.size() == 10'000);
}

TEST_CASE("An id is written in five groups of lower-case digits") {
    // The example of RFC 9562, appendix A.6.
    const uuid id = {0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3,
                     0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
    CHECK(to_string(id) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}
