#include "map_expression.hpp"

#include <weir/connectors/sqlite/sql_words.hpp>

#include <fmt/format.h>
#include <shared/exit_code.hpp>
#include <weir-load/upper_case.hpp>
#include <weir-load/uuid.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

#include "field_reader.hpp"
#include "sha256.hpp"

namespace weir_load::table_load {

namespace {

using weir_apps::usage_error;
using arguments = std::vector<map_expression_ptr>;

class column_value : public map_expression {
public:
    explicit column_value(std::size_t column) : column_(column) {}
    map_value value(map_fields& fields) override { return fields.field(column_); }

private:
    std::size_t column_;
};

class constant_value : public map_expression {
public:
    explicit constant_value(std::string text) : text_(std::move(text)) {}
    map_value value(map_fields&) override { return text_; }
    const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

/// A function of one text that is there.
class text_function : public map_expression {
public:
    using function = std::string_view (*)(std::string_view, std::pmr::memory_resource&);
    text_function(map_expression_ptr of, function f) : of_(std::move(of)), function_(f) {}
    map_value value(map_fields& fields) override {
        const map_value text = of_->value(fields);
        if (!text) return std::nullopt;
        return function_(*text, fields.memory());
    }

private:
    map_expression_ptr of_;
    function function_;
};

class replace_value : public map_expression {
public:
    replace_value(map_expression_ptr of, std::string from, std::string to)
        : of_(std::move(of)), from_(std::move(from)), to_(std::move(to)) {}
    map_value value(map_fields& fields) override {
        const map_value text = of_->value(fields);
        if (!text || text->find(from_) == text->npos) return text;
        std::string made;
        std::size_t begin = 0;
        for (std::size_t at = 0; (at = text->find(from_, begin)) != text->npos;) {
            made.append(*text, begin, at - begin).append(to_);
            begin = at + from_.size();
        }
        made.append(*text, begin);
        return keep_text(made, fields.memory());
    }

private:
    map_expression_ptr of_;
    std::string from_;
    std::string to_;
};

class concat_value : public map_expression {
public:
    explicit concat_value(arguments of) : of_(std::move(of)) {}
    map_value value(map_fields& fields) override {
        std::string made;
        for (const auto& part : of_) made += part->value(fields).value_or(std::string_view());
        return keep_text(made, fields.memory());
    }

private:
    arguments of_;
};

class default_value : public map_expression {
public:
    default_value(map_expression_ptr of, map_expression_ptr otherwise)
        : of_(std::move(of)), otherwise_(std::move(otherwise)) {}
    map_value value(map_fields& fields) override {
        const map_value text = of_->value(fields);
        return text ? text : otherwise_->value(fields);
    }

private:
    map_expression_ptr of_;
    map_expression_ptr otherwise_;
};

class nullif_value : public map_expression {
public:
    nullif_value(map_expression_ptr of, std::string null)
        : of_(std::move(of)), null_(std::move(null)) {}
    map_value value(map_fields& fields) override {
        const map_value text = of_->value(fields);
        return text && *text == null_ ? std::nullopt : text;
    }

private:
    map_expression_ptr of_;
    std::string null_;
};

class cast_value : public map_expression {
public:
    cast_value(map_expression_ptr of, column_type type) : of_(std::move(of)), type_(type) {}
    map_value value(map_fields& fields) override { return of_->value(fields); }
    std::optional<column_type> type() const override { return type_; }

private:
    map_expression_ptr of_;
    column_type type_;
};

class uuid7_value : public map_expression {
public:
    map_value value(map_fields& fields) override {
        return keep_text(weir_load::to_string(ids_.next()), fields.memory());
    }

private:
    uuid7_source ids_;
};

std::string_view upper_text(std::string_view text, std::pmr::memory_resource& memory) {
    char* const made = static_cast<char*>(memory.allocate(2 * text.size() + 1, 1));
    return {made, to_upper(text, made)};
}

std::string_view lower_text(std::string_view text, std::pmr::memory_resource& memory) {
    std::string made(text);
    for (char& c : made) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return keep_text(made, memory);
}

std::string_view trim_text(std::string_view text, std::pmr::memory_resource&) {
    constexpr std::string_view spaces = " \t\r\n";
    const auto first = text.find_first_not_of(spaces);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

std::string_view sha256_text(std::string_view text, std::pmr::memory_resource& memory) {
    return keep_text(sha256_hex(text), memory);
}

std::string now_text() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/// Reads an expression by descent; its depth is bounded.
class map_compiler {
public:
    map_compiler(std::string_view text, std::span<const std::string> columns)
        : text_(text), columns_(columns), words_(weir::sqlite::sql_words(text)) {}

    map_expression_ptr whole() {
        auto made = term(0);
        if (next_ != words_.size()) fail("there is more behind its end");
        return made;
    }

private:
    static constexpr int deepest = 50;

    [[noreturn]] void fail(const std::string& what) const {
        throw usage_error(fmt::format("--map {}: {}", text_, what));
    }

    bool take(std::string_view punctuation) {
        if (next_ == words_.size() || !words_[next_].is(punctuation)) return false;
        ++next_;
        return true;
    }

    map_expression_ptr term(int depth) {
        if (depth == deepest) fail("it is nested too deeply");
        if (next_ == words_.size()) fail("something is missing at its end");
        const auto word = words_[next_++];
        if (word.quoted && word.text.front() == '\'') {
            return std::make_shared<constant_value>(word.value);
        }
        if (!word.quoted && take("(")) return call(word.value, depth);
        for (std::size_t i = 0; i != columns_.size(); ++i) {
            if (weir::sqlite::same_name(columns_[i], word.value)) {
                return std::make_shared<column_value>(i);
            }
        }
        if (!word.quoted && !word.value.empty() &&
            word.value.find_first_not_of("0123456789") == word.value.npos) {
            return std::make_shared<constant_value>(word.value);
        }
        fail(fmt::format("the input has no column {} (text stands in single quotes)", word.value));
    }

    map_expression_ptr call(const std::string& name, int depth) {
        arguments given;
        cast_type_.reset();
        if (!take(")")) {
            do {
                if (name == "cast" && given.size() == 1) {
                    given.push_back(type_name());
                } else {
                    given.push_back(term(depth + 1));
                }
            } while (take(","));
            if (!take(")")) fail("a closing parenthesis is missing");
        }
        return make(name, std::move(given));
    }

    map_expression_ptr type_name() {
        if (next_ == words_.size()) fail("cast lacks its type");
        cast_type_ = column_type_named(words_[next_].value);
        if (!cast_type_) fail(fmt::format("{} is no type", words_[next_].value));
        ++next_;
        return nullptr;
    }

    std::string constant(const map_expression_ptr& of, const std::string& name) const {
        const auto* text = dynamic_cast<const constant_value*>(of.get());
        if (!text) fail(fmt::format("{} takes text in single quotes there", name));
        return text->text();
    }

    map_expression_ptr make(const std::string& name, arguments given) {
        const auto want = [&](std::size_t count) {
            if (given.size() != count) {
                fail(fmt::format("{} takes {} argument{}, and has {}", name, count,
                                 count == 1 ? "" : "s", given.size()));
            }
        };
        const auto of_text = [&](text_function::function f) {
            want(1);
            return std::make_shared<text_function>(std::move(given[0]), f);
        };
        if (name == "upper") return of_text(upper_text);
        if (name == "lower") return of_text(lower_text);
        if (name == "trim") return of_text(trim_text);
        if (name == "sha256") return of_text(sha256_text);
        if (name == "concat") return std::make_shared<concat_value>(std::move(given));
        if (name == "replace") {
            want(3);
            const std::string from = constant(given[1], name);
            if (from.empty()) fail("replace cannot look for empty text");
            return std::make_shared<replace_value>(std::move(given[0]), from,
                                                   constant(given[2], name));
        }
        if (name == "default") {
            want(2);
            return std::make_shared<default_value>(std::move(given[0]), std::move(given[1]));
        }
        if (name == "nullif") {
            want(2);
            return std::make_shared<nullif_value>(std::move(given[0]), constant(given[1], name));
        }
        if (name == "constant") {
            want(1);
            return std::make_shared<constant_value>(constant(given[0], name));
        }
        if (name == "cast") {
            want(2);
            return std::make_shared<cast_value>(std::move(given[0]), cast_type_.value());
        }
        if (name == "uuid7") {
            want(0);
            return std::make_shared<uuid7_value>();
        }
        if (name == "now") {
            want(0);
            return std::make_shared<constant_value>(now_text());
        }
        fail(
            fmt::format("there is no function {}: upper, lower, trim, replace, concat, default, "
                        "constant, nullif, cast, uuid7, now and sha256 are there",
                        name));
    }

    std::string_view text_;
    std::span<const std::string> columns_;
    std::vector<weir::sqlite::sql_word> words_;
    std::size_t next_ = 0;
    std::optional<column_type> cast_type_;
};

}  // namespace

map_expression_ptr compile_map(std::string_view text, std::span<const std::string> columns) {
    return map_compiler(text, columns).whole();
}

}  // namespace weir_load::table_load
