// Loads a CSV file into SQLite and keeps the bad rows aside.
#include <weir/connectors/csv/read.hpp>
#include <weir/connectors/sqlite/insert_into.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/split_errors.hpp>
#include <weir/operators/try_map.hpp>
#include <weir/runtime/runtime.hpp>

#include <absl/status/statusor.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

// [row]
struct person {
    std::string name;
    int age;
};

absl::StatusOr<person> to_person(const weir::csv::record& r) {
    person p{std::string(r[0]), 0};
    const std::string_view age = r[1];
    if (std::from_chars(age.begin(), age.end(), p.age).ptr != age.end() || age.empty()) {
        return absl::InvalidArgumentError("line " + std::to_string(r.where().line) +
                                          ": the age is not a number");
    }
    return p;
}

void bind_row(weir::sqlite::row_binder& row, const person& p) {
    row(p.name, p.age);
}
// [/row]

// [load]
asio::awaitable<weir::sqlite::load_report> load(std::filesystem::path file,
                                                weir::sqlite::database& db) {
    auto reject = [](const absl::Status& why) { std::cerr << why.message() << '\n'; };
    auto people = weir::csv::read(std::move(file))  // records: views, no allocation a row
                  | weir::try_map(to_person)        // StatusOr<person>
                  | weir::split_errors(reject)      // person; bad rows go to `reject`
                  | weir::batch(5'000)              // vector<person>
                  | weir::buffer(4);                // reads and parses ahead, on another thread
    auto writing = std::move(people) | weir::sqlite::insert_into(db, "people");
    co_return co_await std::move(writing);
}
// [/load]

int main() {
    const auto file = std::filesystem::temp_directory_path() /
                      ("weir-example-" + std::to_string(::getpid()) + ".csv");
    std::ofstream(file) << "name,age\nGrace,36\nTom,old\n\"O' Sullivan, Judy\",51\n";
    weir::runtime rt(2);
    weir::sqlite::database db(weir::sqlite::in_memory);
    db.exec("CREATE TABLE people (name TEXT, age INTEGER)");
    const auto report = rt.run(load(file, db));
    std::filesystem::remove(file);
    std::cout << report.rows << " rows in " << report.commits << " commit\n";
    return report.rows == 2 && db.row_count("people") == 2 ? 0 : 1;
}
