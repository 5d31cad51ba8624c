/// What a pipeline fails with: which segment it was, and why.
#pragma once

#include <weir/core/error.hpp>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

namespace weir {

/// The first failure of a pipeline, in the order of cause and effect.
///
///     try { co_await p.run(); }
///     catch (const weir::pipeline_error& e) { log(e.what()); }
///     // pipeline 'load': segment 'read': map 'parse': bad item
///
/// `cause()` is what the segment failed with: a `stage_error` where a callable threw, whose own
/// cause is what you threw. `segment()` is empty where no single segment is to blame.
class pipeline_error : public error {
public:
    pipeline_error(std::shared_ptr<const std::string> pipeline, std::string segment,
                   const std::string& why, std::exception_ptr cause);

    const std::string& pipeline() const noexcept { return *pipeline_; }
    const std::string& segment() const noexcept { return segment_; }
    std::exception_ptr cause() const noexcept { return cause_; }
    [[noreturn]] void rethrow_cause() const { std::rethrow_exception(cause_); }

    /// True for an error of the pipeline whose name this is: the very string, not an equal one.
    bool is_of(const std::shared_ptr<const std::string>& pipeline) const noexcept {
        return pipeline_ == pipeline;
    }

private:
    std::shared_ptr<const std::string> pipeline_;
    std::string segment_;
    std::exception_ptr cause_;
};

namespace detail {

/// True when the root of `error` is `asio::error::operation_aborted`: what the cancelled fail with.
bool is_cancellation(std::exception_ptr error);

/// The name a segment's failures get. Copies share the pipeline's.
class segment_name {
public:
    segment_name(std::shared_ptr<const std::string> pipeline, std::string segment)
        : pipeline_(std::move(pipeline)), segment_(std::move(segment)) {}

    const std::string& segment() const noexcept { return segment_; }

    /// `error` as a `pipeline_error` of this segment; unchanged if it has a segment's name already,
    /// which is how an error that came through a channel keeps the name of where it arose.
    std::exception_ptr put_on(std::exception_ptr error) const;
    /// The same error, with what else is to be said about it before its cause.
    std::exception_ptr put_on(std::exception_ptr error, const std::string& remark) const;
    /// True for an error that came from another segment of the pipeline.
    bool is_of_another(const std::exception_ptr& error) const;

private:
    std::shared_ptr<const std::string> pipeline_;
    std::string segment_;
};

}  // namespace detail

}  // namespace weir
