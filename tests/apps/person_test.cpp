#include "weir-load/person.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "weir-load/upper_case.hpp"

namespace {

using namespace weir_load;

std::string upper(std::string_view text) {
    std::string out(2 * text.size(), '\0');
    out.resize(to_upper(text, out.data()));
    return out;
}

void add(people_batch& to, const person_fields& fields, const uuid& id = {},
         std::uint64_t line = 1) {
    to.add(fields, parse_age(fields.age), id, line);
}

}  // namespace

TEST_CASE("A person has its last name in capitals and an email of the names as they came") {
    people_batch people;
    const uuid id = {1, 2, 3};
    add(people, {"Sally", "O' Sullivan", "42"}, id, 7);
    REQUIRE(people.size() == 1);
    const person& p = *people.begin();
    CHECK(p.first_name() == "Sally");
    CHECK(p.last_name() == "O' SULLIVAN");
    CHECK(p.age() == 42);
    CHECK(p.email() == "Sally.O' Sullivan_42@somemail.com");
    CHECK(p.id() == id);
    CHECK(p.line() == 7);
    CHECK(p.source().first_name == "Sally");
    CHECK(p.source().last_name == "O' Sullivan");
    CHECK(p.source().age == "42");
}

TEST_CASE("An age is a whole number however it is written, nothing, or unreadable") {
    using enum read_age::form;
    const auto whole_of = [](std::string_view text) {
        const read_age age = parse_age(text);
        CHECK_MESSAGE(age.what == whole, text);
        return age.years;
    };
    CHECK(whole_of("42") == 42);
    CHECK(whole_of("+5") == 5);
    CHECK(whole_of("-7") == -7);
    CHECK(whole_of("007") == 7);
    CHECK(whole_of("-0") == 0);
    CHECK(whole_of("42.0") == 42);
    CHECK(whole_of("42.000") == 42);
    CHECK(whole_of("9223372036854775807") == 9'223'372'036'854'775'807);
    CHECK(parse_age("").what == none);
    for (const char* text : {"old",
                             "12x",
                             " 12",
                             "12 ",
                             "1.5",
                             "42.",
                             ".0",
                             "1e2",
                             "0x1F",
                             "1_000",
                             "1,000",
                             "+",
                             "-",
                             "+-5",
                             "--5",
                             "++5",
                             "NULL",
                             "9223372036854775808",
                             "-9223372036854775809",
                             "4 2"}) {
        CHECK_MESSAGE(parse_age(text).what == unreadable, text);
    }
}

TEST_CASE("Without an age that can be read there is none, in the email neither") {
    people_batch people;
    for (const char* age : {"", "old"}) {
        CAPTURE(age);
        add(people, {"A", "B", age});
        const person& p = *(people.end() - 1);
        CHECK(p.age() == std::nullopt);
        CHECK(p.email() == "A.B@somemail.com");
        CHECK(p.last_name() == "B");
        CHECK(p.source().last_name == "B");
        CHECK(p.source().age == age);
    }
}

TEST_CASE("Empty names make a person too") {
    people_batch people;
    add(people, {"", "", "1"});
    CHECK(people.begin()->first_name().empty());
    CHECK(people.begin()->last_name().empty());
    CHECK(people.begin()->email() == "._1@somemail.com");
}

TEST_CASE("Letters beyond ASCII have capitals, whatever number of bytes these take") {
    CHECK(upper("Müller") == "MÜLLER");
    CHECK(upper("ñandú") == "ÑANDÚ");
    CHECK(upper("Достоевский") == "ДОСТОЕВСКИЙ");
    CHECK(upper("ɐ") == "Ɐ");  // two bytes, then three
    CHECK(upper("straße") == "STRAßE");
    CHECK(upper("日本") == "日本");
    CHECK(upper("") == "");
}

TEST_CASE("Bytes that are not UTF-8 stay as they are") {
    CHECK(upper("a\xff\xc3") == "A\xff\xc3");
    CHECK(upper("\xe2\x82z") == "\xe2\x82Z");
    for (const std::string_view overlong :
         {"\xc0\x80", "\xc1\xa1", "\xe0\x81\xa1", "\xf0\x80\x81\xa1", "\xed\xa0\x81"}) {
        CHECK(upper(overlong) == overlong);
    }
}

TEST_CASE("A batch is full after 5,000 people, or when their texts are large") {
    people_batch people;
    for (int i = 0; i < 4'999; ++i) add(people, {"Tom", "Connor", "20"});
    CHECK_FALSE(people.full());
    add(people, {"Tom", "Connor", "20"});
    CHECK(people.full());

    people_batch giants;
    const std::string name(1'000'000, 'x');
    add(giants, {name, name, "20"});
    CHECK(giants.full());
    CHECK(giants.begin()->last_name() == std::string(1'000'000, 'X'));
}

TEST_CASE("People stay what they are when their batch is moved") {
    people_batch people;
    for (int i = 0; i < 3'000; ++i) add(people, {"Tom", "Connor", std::to_string(i)});
    const people_batch moved = std::move(people);
    REQUIRE(moved.size() == 3'000);
    CHECK((moved.end() - 1)->email() == "Tom.Connor_2999@somemail.com");
    CHECK(moved.begin()->email() == "Tom.Connor_0@somemail.com");
}
