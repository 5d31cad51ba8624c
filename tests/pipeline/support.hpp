/// Running a whole pipeline by hand.
#pragma once

#include <weir/pipeline/pipeline.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <support/failures.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::testing {

/// A context with a clock that is moved by hand, and a pipeline on it.
struct pipeline_fixture {
    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    pipeline p{"load", io.get_executor()};

    std::shared_ptr<outcome<void>> run(asio::cancellation_slot slot = {}) {
        auto result = std::make_shared<outcome<void>>();
        p.run(record(io, result, slot));
        settle(io);
        return result;
    }
    std::shared_ptr<outcome<drain_report>> drain(clock::duration deadline) {
        auto result = std::make_shared<outcome<drain_report>>();
        p.drain(deadline, record(io, result));
        settle(io);
        return result;
    }
    /// The ledger of a source or a stage.
    ledger stage(const std::string& name) const {
        for (const auto& segment : p.graph().segments) {
            for (const auto& s : segment.stages) {
                if (s.name == name) return s.items;
            }
        }
        throw std::out_of_range("there is no stage '" + name + "'");
    }
    ledger channel(const std::string& name) const {
        for (const auto& c : p.graph().channels) {
            if (c.name == name) return c.items;
        }
        throw std::out_of_range("there is no channel '" + name + "'");
    }
    void advance(clock::duration by) {
        time->advance(by);
        settle(io);
    }
};

/// The text of what an operation failed with; empty if it did not.
template <class R>
std::string failure_of(outcome<R>& o) {
    try {
        o.get();
    } catch (const std::exception& e) {
        return e.what();
    }
    return {};
}

/// Notes items down.
template <class T>
auto collect(std::vector<T>& to) {
    return for_each([&to](T x) { to.push_back(std::move(x)); });
}

}  // namespace weir::testing
