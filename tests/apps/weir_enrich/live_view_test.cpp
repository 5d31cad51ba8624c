// The live view, on a terminal that is only a model.

#include <doctest/doctest.h>
#include <shared/terminal_text.hpp>
#include <weir-enrich/cli/live_view.hpp>
#include <weir-enrich/cli/painter.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "terminal_model.hpp"

using namespace weir_enrich;
using weir_enrich_test::terminal_model;
using lines = std::vector<std::string>;

namespace {

constexpr std::pair<int, int> sizes[]{{60, 20}, {80, 24}, {120, 40}};

/// A picture of so many lines, which say `what`.
picture picture_of(int rows, const std::string& what) {
    picture p;
    for (int i = 0; i != rows; ++i) p.lines.push_back(what + " " + std::to_string(i));
    p.footer = "footer of " + what;
    return p;
}

/// The rows in which it is whole.
lines rows_of(const picture& p, bool footer = true) {
    lines all = p.lines;
    if (footer) all.push_back(p.footer);
    return all;
}

lines operator+(lines a, const lines& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// A terminal on which a painter is at work, behind some lines that stood there before.
struct painted {
    painted(int columns, int rows, int before) : terminal(columns, rows), size{columns, rows} {
        for (int i = 0; i != before; ++i) {
            earlier.push_back("$ " + std::to_string(i));
            terminal.write(earlier.back() + "\n");
        }
    }
    void paint(const picture& p) { terminal.write(at_work.paint(p, size)); }

    terminal_model terminal;
    terminal_size size;
    painter at_work;
    lines earlier;
};

}  // namespace

TEST_CASE("a picture is painted over itself, at any size and whatever stood there before") {
    for (const auto& [columns, rows] : sizes) {
        for (const int before : {0, 3, rows - 2, 2 * rows}) {
            painted p(columns, rows, before);
            // Longer ones, shorter ones, and the same again.
            for (const int height : {12, 15, 15, 9, 15}) {
                const picture what = picture_of(height, "picture " + std::to_string(height));
                p.paint(what);
                CHECK(p.terminal.all_lines() == p.earlier + rows_of(what));
                CHECK(p.terminal.column() == 0);
            }
        }
    }
}

TEST_CASE("of a picture that is too high the lower part is left out, the footer first") {
    painted p(80, 8, 2);
    const picture six = picture_of(6, "six");
    p.paint(six);
    CHECK(p.terminal.all_lines() == p.earlier + rows_of(six));
    const picture seven = picture_of(7, "seven");
    p.paint(seven);
    CHECK(p.terminal.all_lines() == p.earlier + rows_of(seven, false));
    picture high = picture_of(50, "high");
    p.paint(high);
    p.paint(high);
    high.lines.resize(7);
    CHECK(p.terminal.all_lines() == p.earlier + high.lines);
    for (const int rows : {1, 2}) {
        painted tiny(1, rows, 0);
        for (int i = 0; i != 3; ++i) tiny.paint(high);
        CHECK(tiny.terminal.all_lines().size() <= std::size_t(rows - 1));
    }
}

TEST_CASE("lines are cut by the columns that they take, and never go on in the next row") {
    for (const int columns : {19, 20, 60}) {
        painted p(columns, 20, 1);
        picture what = picture_of(3, std::string(200, 'x'));
        what.lines.emplace_back(std::string(static_cast<std::size_t>(columns), 'y'));
        std::string wide;
        for (int i = 0; i != 100; ++i) wide += "日";
        what.lines.push_back(wide);
        what.lines.emplace_back("colour \x1b[31m and\ta tab");
        for (int i = 0; i != 3; ++i) p.paint(what);
        const lines seen = p.terminal.all_lines();
        REQUIRE(seen.size() == 1 + what.lines.size() + 1);
        const auto most = static_cast<std::size_t>(columns);
        CHECK(seen[1] == std::string(most - 1, 'x') + "…");
        CHECK(seen[4] == what.lines[3]);
        CHECK(seen[5].starts_with("日日日"));
        CHECK(seen[5].ends_with("日…"));
        CHECK(seen[6].starts_with("colour ?[31m and"));
    }
}

TEST_CASE("after a change of size there is one picture on the screen, and nothing else") {
    painted p(120, 40, 5);
    p.paint(picture_of(15, "first"));
    for (const auto& [columns, rows] : sizes) {
        p.terminal.resize(columns, rows);
        p.size = {columns, rows};
        const picture what = picture_of(12, std::string(100, 'w'));
        p.paint(what);
        CHECK(p.terminal.lines().size() == 13);
        CHECK(p.terminal.line(0).starts_with("www"));
        p.paint(picture_of(10, "next"));
        CHECK(p.terminal.lines() == rows_of(picture_of(10, "next")));
    }
}

TEST_CASE("at the end the picture stays without its footer, and what follows stands below it") {
    painted p(80, 24, 3);
    const picture what = picture_of(15, "last");
    p.paint(what);
    p.terminal.write("^C");  // as a terminal echoes it
    p.terminal.write(p.at_work.finish(p.size));
    p.terminal.write("the books\n");
    CHECK(p.terminal.all_lines() == p.earlier + what.lines + lines{"the books"});
    CHECK(p.at_work.finish(p.size).empty());
}

TEST_CASE("lines that are written meanwhile stand before the picture") {
    painted p(80, 20, 3);
    const picture what = picture_of(15, "picture");
    lines written;
    for (int i = 0; i != 10; ++i) {
        p.paint(what);
        p.terminal.write(p.at_work.erase(p.size));
        written.push_back("warning " + std::to_string(i));
        p.terminal.write(written.back() + "\n");
        p.paint(what);
    }
    CHECK(p.terminal.all_lines() == p.earlier + written + rows_of(what));
}

TEST_CASE("a change of size between two pictures is seen to by whatever comes next") {
    for (const bool log_line : {true, false}) {
        painted p(120, 40, 5);
        p.paint(picture_of(15, std::string(100, 'w')));
        p.terminal.resize(60, 20);
        p.size = {60, 20};
        if (log_line) {
            p.terminal.write(p.at_work.erase(p.size) + "warning\n");
            p.paint(picture_of(3, "new"));
            CHECK(p.terminal.lines() == lines{"warning"} + rows_of(picture_of(3, "new")));
        } else {
            CHECK(p.at_work.finish(p.size).empty());
        }
    }
}

TEST_CASE("the live view has what there is room for in its width") {
    run_state state;
    live_view view(state);
    std::vector<enriched_trade> trades(3);
    trades[0].symbol = "ACME";
    trades[0].instrument_name = "Acme";
    trades[1].instrument_id = 1;
    trades[1].symbol = "株式会社会社";
    trades[1].instrument_name = "A name that is longer than its column is wide";
    trades[2].instrument_id = 2;
    trades[2].symbol = "\x1b[2J";
    for (enriched_trade& t : trades) {
        t.price = 12'345.678;
        t.quantity = 4'000'000'000;
        t.notional = t.price * t.quantity;
        t.received = 1;
    }
    view.add(trades);
    for (const auto& [columns, rows] : sizes) {
        const picture p = view.picture(columns);
        CHECK(static_cast<int>(p.lines.size()) + 1 < rows);
        for (const std::string& line : p.lines) {
            const auto shown = weir_apps::shown(line, 1'000);
            CHECK_MESSAGE(shown.columns <= static_cast<std::size_t>(columns), line);
            CHECK(shown.text == line);  // nothing in it that a terminal would obey
        }
        std::string all;
        for (const std::string& line : p.lines) all += line + "\n";
        CHECK(all.find(" ACME ") != all.npos);
        CHECK((all.find(" volume") != all.npos) == (columns > 80));
        CHECK((all.find(" mean") != all.npos) == (columns > 60));
        CHECK(all.find(" move\n") != all.npos);
    }
}
