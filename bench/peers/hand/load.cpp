// The loader a person would write: one thread, SQLite's C API, no framework.
//
// hand-load INPUT DATABASE: people.csv into the table people, ids UUID version 7 as 16 bytes,
// durable (synchronous=FULL), a commit every 100,000 rows, a cache of 40 MB. It reads plain fields
// only: no quotes, no rows that are bad, none longer than its buffers.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace {

constexpr std::uint64_t rows_per_commit = 100'000;

// A whole file as text, mapped and not copied.
class mapped_file {
public:
    explicit mapped_file(const char* path) {
        const int file = ::open(path, O_RDONLY);
        struct stat status{};
        if (file < 0 || ::fstat(file, &status) != 0) fail(path);
        size_ = static_cast<std::size_t>(status.st_size);
        data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
        if (data_ == MAP_FAILED) fail(path);
        ::close(file);
    }
    ~mapped_file() { ::munmap(data_, size_); }
    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;

    std::string_view text() const { return {static_cast<const char*>(data_), size_}; }

private:
    [[noreturn]] static void fail(const char* path) {
        throw std::system_error(errno, std::generic_category(), path);
    }

    void* data_ = nullptr;
    std::size_t size_ = 0;
};

// UUIDs of version 7 in rising order: the time they began, a count, and 62 random bits.
class uuid7_source {
public:
    std::array<unsigned char, 16> next() {
        const std::uint64_t milliseconds = began_ + (count_ >> 12);
        const std::uint64_t high = milliseconds << 16 | 0x7000 | (count_ & 0xFFF);
        const std::uint64_t low = (random() >> 2) | std::uint64_t{1} << 63;
        ++count_;
        std::array<unsigned char, 16> id;
        for (unsigned i = 0; i < 8; ++i) {
            id[i] = static_cast<unsigned char>(high >> (56 - 8 * i));
            id[i + 8] = static_cast<unsigned char>(low >> (56 - 8 * i));
        }
        return id;
    }

private:
    static std::uint64_t now() {
        const auto since = std::chrono::system_clock::now().time_since_epoch();
        return static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
    }

    std::uint64_t random() {  // xorshift128+
        std::uint64_t a = state_[0];
        const std::uint64_t b = state_[1];
        state_[0] = b;
        a ^= a << 23;
        state_[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
        return state_[1] + b;
    }

    std::uint64_t began_ = now();
    std::uint64_t count_ = 0;
    std::random_device seed_;
    std::array<std::uint64_t, 2> state_{std::uint64_t{seed_()} << 32 | 1, seed_()};
};

class database {
public:
    explicit database(const char* path) {
        check(sqlite3_open(path, &connection_));
        run("DROP TABLE IF EXISTS people");
        run("CREATE TABLE people "
            "(id BLOB PRIMARY KEY, first_name TEXT, last_name TEXT, age INTEGER, email TEXT)");
        run("PRAGMA synchronous=FULL");
        run("PRAGMA cache_size=-40000");
        check(sqlite3_prepare_v2(connection_, "INSERT INTO people VALUES(?,?,?,?,?)", -1, &insert_,
                                 nullptr));
    }
    ~database() {
        sqlite3_finalize(insert_);
        sqlite3_close(connection_);
    }
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    void run(const char* statement) {
        check(sqlite3_exec(connection_, statement, nullptr, nullptr, nullptr));
    }

    void insert(const std::array<unsigned char, 16>& id, std::string_view first,
                std::string_view last, int age, std::string_view email) {
        check(sqlite3_bind_blob(insert_, 1, id.data(), static_cast<int>(id.size()), nullptr));
        bind_text(2, first);
        bind_text(3, last);
        check(sqlite3_bind_int(insert_, 4, age));
        bind_text(5, email);
        if (sqlite3_step(insert_) != SQLITE_DONE) check(sqlite3_errcode(connection_));
        check(sqlite3_reset(insert_));
    }

private:
    void bind_text(int column, std::string_view text) {
        check(sqlite3_bind_text(insert_, column, text.data(), static_cast<int>(text.size()),
                                nullptr));
    }

    void check(int code) {
        if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(connection_));
    }

    sqlite3* connection_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
};

// Text up to `end`, which is taken too; the rest stays in `text`.
std::string_view take_until(std::string_view& text, char end) {
    std::size_t length = 0;
    while (length < text.size() && text[length] != end) ++length;
    const std::string_view field = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    return field;
}

// One row's last name in capitals and its email, in buffers that serve every row.
class person_text {
public:
    std::string_view upper(std::string_view name) {
        if (name.size() > upper_.size()) throw std::length_error("last name too long");
        for (std::size_t i = 0; i < name.size(); ++i) {
            const char c = name[i];
            upper_[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        return {upper_.data(), name.size()};
    }

    std::string_view email(std::string_view first, std::string_view last, std::string_view age) {
        constexpr std::string_view host = "@somemail.com";
        const std::size_t size = first.size() + last.size() + age.size() + host.size() + 2;
        if (size > email_.size()) throw std::length_error("names too long");
        char* out = email_.data();
        out = append(out, first);
        *out++ = '.';
        out = append(out, last);
        *out++ = '_';
        out = append(out, age);
        append(out, host);
        return {email_.data(), size};
    }

private:
    static char* append(char* out, std::string_view text) {
        std::memcpy(out, text.data(), text.size());
        return out + text.size();
    }

    std::array<char, 256> upper_{};
    std::array<char, 1024> email_{};
};

int to_age(std::string_view digits) {
    int age = 0;
    for (const char c : digits) age = age * 10 + (c - '0');
    return age;
}

std::uint64_t load(std::string_view text, database& people) {
    uuid7_source ids;
    person_text made;
    std::uint64_t rows = 0;
    take_until(text, '\n');  // the header
    people.run("BEGIN");
    while (!text.empty()) {
        const auto first = take_until(text, ',');
        const auto last = take_until(text, ',');
        const auto age = take_until(text, '\n');
        people.insert(ids.next(), first, made.upper(last), to_age(age),
                      made.email(first, last, age));
        if (++rows % rows_per_commit == 0) {
            people.run("COMMIT");
            people.run("BEGIN");
        }
    }
    people.run("COMMIT");
    return rows;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("hand-load INPUT DATABASE\n", stderr);
        return 2;
    }
    try {
        const mapped_file input(arguments[1]);
        database people(arguments[2]);
        std::printf("%llu rows\n", static_cast<unsigned long long>(load(input.text(), people)));
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "hand-load: %s\n", failure.what());
        return 1;
    }
}
