#include "weir-load/person.hpp"

#include <doctest/doctest.h>

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

}  // namespace

TEST_CASE("A person has its last name in capitals and an email of the names as they came") {
    people_batch people;
    const uuid id = {1, 2, 3};
    CHECK(people.add({"Sally", "O' Sullivan", "42"}, id, 7));
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

TEST_CASE("An age that is not a whole number is 0 and is told") {
    people_batch people;
    for (const char* age : {"", "old", "12x", " 12", "1.5", "99999999999999999999"}) {
        CAPTURE(age);
        CHECK_FALSE(people.add({"A", "B", age}, {}, 1));
        const person& p = *(people.end() - 1);
        CHECK(p.age() == 0);
        CHECK(p.email() == "A.B_0@somemail.com");
        CHECK(p.source().age == age);
    }
    CHECK(people.add({"A", "B", "-7"}, {}, 1));
    CHECK((people.end() - 1)->age() == -7);
}

TEST_CASE("Empty names make a person too") {
    people_batch people;
    CHECK(people.add({"", "", "1"}, {}, 1));
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
}

TEST_CASE("A batch is full after 5,000 people, or when their texts are large") {
    people_batch people;
    for (int i = 0; i < 4'999; ++i) people.add({"Tom", "Connor", "20"}, {}, 1);
    CHECK_FALSE(people.full());
    people.add({"Tom", "Connor", "20"}, {}, 1);
    CHECK(people.full());

    people_batch giants;
    const std::string name(1'000'000, 'x');
    giants.add({name, name, "20"}, {}, 1);
    CHECK(giants.full());
    CHECK(giants.begin()->last_name() == std::string(1'000'000, 'X'));
}

TEST_CASE("People stay what they are when their batch is moved") {
    people_batch people;
    for (int i = 0; i < 3'000; ++i) people.add({"Tom", "Connor", std::to_string(i)}, {}, 1);
    const people_batch moved = std::move(people);
    REQUIRE(moved.size() == 3'000);
    CHECK((moved.end() - 1)->email() == "Tom.Connor_2999@somemail.com");
    CHECK(moved.begin()->email() == "Tom.Connor_0@somemail.com");
}
