// Programs that cannot have the threads or the memory they need: they end, and say why.

#include <doctest/doctest.h>
#include <support/sanitized.hpp>
#include <sys/wait.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "support.hpp"

namespace {

using namespace weir_load_test;

/// Enriches no trades, with so many accounts and so much memory (in KiB). The shell sets the limit.
outcome enrich_within(std::uint64_t kib, int accounts) {
    const scratch dir;
    write_file(dir / "trades.csv",
               "trade_id,instrument_id,user_id,price,quantity,side,event_time\n");
    write_file(dir / "instruments.csv",
               "instrument_id,symbol,name,currency,tick_size\n1,AAA,Alpha,EUR,0.01\n");
    write_file(dir / "rates.csv", "currency,rate\nEUR,1\n");
    std::string rows = "user_id,name,tier,fee_rate\n";
    for (int i = 1; i <= accounts; ++i) rows += std::to_string(i) + ",Ann,gold,0.001\n";
    write_file(dir / "accounts.csv", rows);
    const std::string command =
        "cd '" + dir.path().string() + "' && ulimit -v " + std::to_string(kib) + " && exec '" +
        std::getenv("WEIR_APPS") +
        "/weir-enrich/weir-enrich' run --trades trades.csv --instruments instruments.csv"
        " --accounts accounts.csv --rates rates.csv --out csv:out 2>&1";
    FILE* const said = ::popen(command.c_str(), "r");
    REQUIRE(said);
    std::string text;
    char piece[512];
    while (std::fgets(piece, sizeof piece, said)) text += piece;
    const int status = ::pclose(said);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text, ""};
}

bool says_why(const std::string& text) {
    return text.find("Resource temporarily unavailable") != text.npos ||  // a thread
           text.find("out of memory") != text.npos;
}

}  // namespace

// How many threads there are, and what memory they take, differs between machines.
TEST_CASE("a program without the memory or the threads it needs ends, and says why") {
    if (weir::testing::slower_when_sanitized != 1) return;  // a sanitizer needs the memory itself
    int told = 0;
    for (const std::uint64_t kib : {60'000U, 75'000U, 90'000U, 120'000U}) {
        CAPTURE(kib);
        const auto end = enrich_within(kib, 200'000);
        INFO(end.out);
        CHECK((end.code == 0 || end.code == 1));
        if (end.code != 1) continue;
        CHECK(says_why(end.out));
        ++told;
    }
    CHECK(told != 0);
}
