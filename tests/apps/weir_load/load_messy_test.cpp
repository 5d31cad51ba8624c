// Files as they are found: dialects, encodings, compression, bad records, hostile names.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "loads.hpp"

namespace {

using namespace weir_load_test;
using namespace std::string_view_literals;

/// `a,b\n1,x\n2,y\n`, compressed.
constexpr std::string_view gzipped =
    "\037\213\010\000\000\000\000\000\000\003\113\324\111\342\062\324\251\340\062\322\251\344\002\000\302\226\176\235\014\000\000\000"sv;
constexpr std::string_view zstandard =
    "\050\265\057\375\044\014\141\000\000\141\054\142\012\061\054\170\012\062\054\171\012\056\237\041\106"sv;

/// Loads `text` into the table t and gives its rows.
std::string rows_of(std::string_view text, std::vector<std::string> options = {}) {
    const scratch dir;
    write_file(dir / "t", text);
    options.insert(options.begin(), {"t", "--to", "sqlite:out.db"});
    const auto loaded = load(dir, options);
    CAPTURE(loaded.err);
    CHECK(loaded.code == 0);
    if (loaded.code != 0) return {};
    return query(dir / "out.db", "SELECT * FROM t");
}

/// Why it cannot be loaded.
std::string error_of(std::string_view text, std::vector<std::string> options = {}) {
    const scratch dir;
    write_file(dir / "t", text);
    options.insert(options.begin(), {"t", "--to", "sqlite:out.db"});
    const auto loaded = load(dir, options);
    CHECK(loaded.code == 1);
    CHECK(dir.names() == std::vector<std::string>{"t"});
    return loaded.err;
}

std::string utf16(std::string_view ascii, bool big, bool mark) {
    std::string text = !mark ? "" : big ? "\xfe\xff" : "\xff\xfe";
    for (const char c : ascii) {
        if (big) text += '\0';
        text += c;
        if (!big) text += '\0';
    }
    return text;
}

}  // namespace

TEST_CASE("Dialects are told from the file, or by options") {
    CHECK(rows_of("a;b\n1;x\n") == "1|x\n");
    CHECK(rows_of("a\tb\r\n1\tx\r\n") == "1|x\n");
    CHECK(rows_of("1,x\n2,y\n") == "1|x\n2|y\n");
    CHECK(rows_of("a:b\n'1:2':x\n", {"--delimiter", ":", "--quote", "'"}) == "1:2|x\n");
    CHECK(rows_of("a,b\n\"x,y\n", {"--quote", "none"}) == "\"x|y\n");
    CHECK(rows_of("x,y\nz,w\n", {"--no-header", "--columns", "p,q"}) == "x|y\nz|w\n");
    CHECK(rows_of("x,y\nz,w\n", {"--header", "--columns", "p,q"}) == "z|w\n");
    CHECK(rows_of("a report\n\n# note\na,b\n#c\n1,x\n", {"--skip", "2", "--comment", "#"}) ==
          "1|x\n");
    CHECK(rows_of("a,b\nNA, x \n1,-\n", {"--null", "NA", "--null", "-", "--trim"}) ==
          "NULL|x\n1|NULL\n");
}

TEST_CASE("Encodings are told from the file, or by an option") {
    CHECK(rows_of("\xef\xbb\xbf"
                  "a,b\n1,ä\n") == "1|ä\n");
    CHECK(rows_of("a,b\n1,\xe4\x80\n") == "1|ä€\n");
    CHECK(rows_of("a,b\n1,\xe4\n", {"--encoding", "latin-1"}) == "1|ä\n");
    for (const bool big : {false, true}) {
        for (const bool mark : {false, true}) {
            CHECK(rows_of(utf16("a,b\r\n1,\"x\ny\"\r\n", big, mark)) == "1|x\ny\n");
        }
    }
}

TEST_CASE("What is not UTF-8 is a rejected record, when the file was taken for UTF-8") {
    const scratch dir;
    write_file(dir / "t.csv", "a,b\n1,x\n2,\xff\n");
    CHECK(load(dir, {"t.csv", "--to", "sqlite:out.db", "--encoding", "utf-8"}).code == 3);
    CHECK(read_file(dir / "out.db.t.rejects.csv") == "a,b\n2,\xff\n");
    CHECK(query(dir / "out.db", "SELECT * FROM t") == "1|x\n");
}

TEST_CASE("Compressed files are read by what they hold, and never in part") {
    CHECK(rows_of(gzipped) == "1|x\n2|y\n");
    CHECK(rows_of(zstandard) == "1|x\n2|y\n");
    CHECK(rows_of(std::string(gzipped) + std::string(gzipped), {"--no-header"}) ==
          "a|b\n1|x\n2|y\na|b\n1|x\n2|y\n");
    CHECK(contains(error_of(gzipped.substr(0, gzipped.size() - 9)),
                   "t: the gzip data end too early"));
    CHECK(contains(error_of(zstandard.substr(0, zstandard.size() - 5)),
                   "t: the zstd data end too early"));
    std::string damaged(gzipped);
    damaged[damaged.size() - 6] ^= 1;
    CHECK(contains(error_of(damaged), "t: the gzip data are damaged"));
    CHECK(contains(error_of("PK\x03\x04zip"), "this is a zip archive"));
    CHECK(contains(error_of(""), "t: the file is empty"));
}

TEST_CASE("Bad records are kept as they were, with the reasons beside them") {
    const scratch dir;
    std::string text = "id,note\n";
    for (int i = 1; i <= 200; ++i) text += std::to_string(i) + ",x\n";
    text += "x1,\"said \"\"no\"\", \nand left\"\n3\n\"4\"x,y\n201,ok\n";
    write_file(dir / "t.csv", text);
    const auto loaded = load(dir, {"t.csv", "--to", "sqlite:out.db", "--infer", "100"});
    CHECK(loaded.code == 3);
    CHECK(contains(loaded.out, "201 rows"));
    CHECK(contains(loaded.out, "3 records rejected, kept in out.db.t.rejects.csv"));
    CHECK(read_file(dir / "out.db.t.rejects.csv") ==
          "id,note\nx1,\"said \"\"no\"\", \nand left\"\n3\n\"4\"x,y\n");
    CHECK(read_file(dir / "out.db.t.rejects.csv.reasons.csv") ==
          "file,line,byte,column,value,reason\n"
          "t.csv,202,1100,id,x1,is no whole number\n"
          "t.csv,204,1128,,,\"1 field, expected 2\"\n"
          "t.csv,205,1130,,,text after the closing quote of field 1\n");
    // Put right, and loaded as it is.
    write_file(dir / "out.db.t.rejects.csv", "id,note\n202,\"said \"\"no\"\", \nand left\"\n");
    CHECK(load(dir, {"out.db.t.rejects.csv", "--to", "sqlite:out.db", "--table", "t", "--mode",
                     "append"})
              .code == 0);
    CHECK(query(dir / "out.db", "SELECT note FROM t WHERE id = 202") ==
          "said \"no\", \nand left\n");
}

TEST_CASE("Too many bad records end the load, and are there to be looked at") {
    const scratch dir;
    write_file(dir / "t.csv", "id,b\n1,x\n2,x\n3\n4\n5,x\n");
    const std::vector<std::string> all = {"t.csv", "--to", "sqlite:out.db"};
    for (const char* limit : {"1", "30%"}) {
        auto few = all;
        few.insert(few.end(), {"--max-errors", limit});
        const auto stopped = load(dir, few);
        CHECK(stopped.code == 1);
        CHECK(contains(stopped.err, "--max-errors"));
        CHECK(read_file(dir / "out.db.t.rejects.csv") == "id,b\n3\n4\n");
        CHECK_FALSE(std::filesystem::exists(dir / "out.db"));
    }
    auto enough = all;
    enough.insert(enough.end(), {"--max-errors", "40%"});
    CHECK(load(dir, enough).code == 3);
    auto stop = all;
    stop.insert(stop.end(), {"--table", "u", "--on-error", "stop"});
    CHECK(contains(load(dir, stop).err, "t.csv: line 4: 1 field, expected 2"));
}

TEST_CASE("Another's file is not written over by rejects") {
    const scratch dir;
    write_file(dir / "t.csv", "id,b\n1,x\n3\n");
    write_file(dir / "out.db.t.rejects.csv", "mine");
    const auto refused = load(dir, {"t.csv", "--to", "sqlite:out.db"});
    CHECK(refused.code == 2);
    CHECK(contains(refused.err, "--rejects FILE"));
    CHECK(read_file(dir / "out.db.t.rejects.csv") == "mine");
    CHECK(load(dir, {"t.csv", "--to", "sqlite:out.db", "--rejects", "t.csv"}).code == 2);
    CHECK(read_file(dir / "t.csv") == "id,b\n1,x\n3\n");
}

TEST_CASE("Names may be anything, and stay names") {
    const std::string hostile = "x\"; DROP TABLE t; --,select,,a,A," + std::string(10'000, 'n');
    const scratch dir;
    write_file(dir / "t.csv", hostile + "\n1,2,3,4,5,6\n");
    const auto loaded = load(
        dir, {"t.csv", "--to", "sqlite:out.db", "--table", "ta\"ble\x1b[31m", "--index", "select"});
    CAPTURE(loaded.err);
    CHECK(loaded.code == 0);
    CHECK_FALSE(contains(loaded.out + loaded.err, "\x1b"));
    CHECK(query(dir / "out.db",
                "SELECT \"x\"\"; DROP TABLE t; --\", \"select\", column3, a, A_2 "
                "FROM \"ta\"\"ble\x1b[31m\"") == "1|2|3|4|5\n");
}

TEST_CASE("What cannot be loaded is refused with a sentence") {
    std::string wide = "c1";
    for (int i = 2; i <= 100'000; ++i) wide += ",c" + std::to_string(i);
    CHECK(contains(error_of(wide + "\n"), "100000 columns, at most 65536 can be read"));
    std::string too_wide = "c1";
    for (int i = 2; i <= 40'000; ++i) too_wide += ",c" + std::to_string(i);
    CHECK(contains(error_of(too_wide + "\n"), "40,000 columns, and SQLite takes at most"));
    CHECK(contains(error_of("a\xff,b\n1,2\n", {"--encoding", "utf-8"}), "no UTF-8 text"));
}

TEST_CASE("An unclosed quote and a record beyond the bound cost one record") {
    const scratch dir;
    write_file(dir / "t.csv", "a,b\n1,x\n2,\"y\n3,z\n4," + std::string(2'000, 'w') + "\n5,v\n");
    CHECK(load(dir, {"t.csv", "--to", "sqlite:out.db", "--max-record-size", "1000"}).code == 3);
    CHECK(query(dir / "out.db", "SELECT a FROM t") == "1\n3\n5\n");
}
