// A callable that returns a reference, as most getters do, could not be mapped with.

#include <weir/joins/lookup_join.hpp>
#include <weir/operators/filter_map.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/scan.hpp>
#include <weir/operators/take.hpp>
#include <weir/operators/try_map.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generate.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

using texts = std::vector<std::string>;

class person {
public:
    explicit person(std::string name) : name_(std::move(name)), nick_(name_.substr(0, 2)) {}
    const std::string& name() const { return name_; }
    std::string& mutable_name() { return name_; }
    const std::optional<std::string>& nick() const { return nick_; }
    const std::vector<std::string>& names() const { return names_; }
    int age = 7;

private:
    std::string name_;
    std::optional<std::string> nick_;
    std::vector<std::string> names_{"x", "y"};
};

auto people() {
    return weir::from_range(std::vector{person("Ada"), person("Grace")});
}

}  // namespace

TEST_CASE("getters that return references are mapped with: the items are copies") {
    CHECK(run(people() | weir::map(&person::name) | weir::to<std::vector>()) ==
          texts{"Ada", "Grace"});
    CHECK(run(people() | weir::map(&person::age) | weir::to<std::vector>()) == std::vector{7, 7});
    auto mutably = [](person x) -> std::string& {
        static std::string kept;
        return kept = std::move(x.mutable_name());
    };
    CHECK(run(people() | weir::map(mutably) | weir::to<std::vector>()) == texts{"Ada", "Grace"});
}

TEST_CASE("other steps take functions that return references, too") {
    CHECK(run(people() | weir::filter_map(&person::nick) | weir::to<std::vector>()) ==
          texts{"Ad", "Gr"});
    CHECK(run(people() | weir::flat_map(&person::names) | weir::to<std::vector>()) ==
          texts{"x", "y", "x", "y"});
    auto names = run(people() | weir::try_map(&person::name) | weir::to<std::vector>());
    CHECK(names.front().value() == "Ada");

    auto last = [kept = std::string()](std::string, const person& x) mutable -> const std::string& {
        return kept = x.name();
    };
    CHECK(run(people() | weir::scan(std::string(), last) | weir::to<std::vector>()) ==
          texts{"Ada", "Grace"});

    const std::string same = "same";
    auto give = [&same]() -> const std::string& { return same; };
    CHECK(run(weir::generate(give) | weir::take(2) | weir::to<std::vector>()) ==
          texts{"same", "same"});

    const std::map<int, std::string> table{{7, "seven"}};
    auto entry = [](const person&, const std::string& found) -> const std::string& {
        return found;
    };
    CHECK(run(people() | weir::lookup_join(table, &person::age, entry) | weir::to<std::vector>()) ==
          texts{"seven", "seven"});
}
