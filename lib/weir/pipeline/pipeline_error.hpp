/// The error of a pipeline: which segment failed, and why.
#pragma once

#include <weir/core/error.hpp>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

namespace weir {

/// The first failure of a pipeline. A cause counts before its effects, even if an effect was seen
/// first.
///
///     try { co_await p.run(); }
///     catch (const weir::pipeline_error& e) { log(e.what()); }
///     // pipeline 'load': segment 'read': map 'parse': bad item
///
/// `cause()` is the segment's error: a `stage_error` if a callable threw, whose own cause is the
/// thrown exception. `segment()` is empty if no single segment caused the failure.
class pipeline_error : public error {
public:
    pipeline_error(std::shared_ptr<const std::string> pipeline, std::string segment,
                   const std::string& why, std::exception_ptr cause);

    const std::string& pipeline() const noexcept { return *pipeline_; }
    const std::string& segment() const noexcept { return segment_; }
    std::exception_ptr cause() const noexcept { return cause_; }
    [[noreturn]] void rethrow_cause() const { std::rethrow_exception(cause_); }

    /// True for an error of the pipeline with this name: the same string object, not an equal one.
    bool is_of(const std::shared_ptr<const std::string>& pipeline) const noexcept {
        return pipeline_ == pipeline;
    }

private:
    std::shared_ptr<const std::string> pipeline_;
    std::string segment_;
    std::exception_ptr cause_;
};

namespace detail {

/// True when the root of `error` is `asio::error::operation_aborted`, the error of cancelled
/// operations.
bool is_cancellation(std::exception_ptr error);

/// The name that a segment's failures get. Copies share the pipeline's name.
class segment_name {
public:
    segment_name(std::shared_ptr<const std::string> pipeline, std::string segment)
        : pipeline_(std::move(pipeline)), segment_(std::move(segment)) {}

    const std::string& segment() const noexcept { return segment_; }

    /// `error` as a `pipeline_error` of this segment. An error that already names a segment is
    /// unchanged, so an error that came through a channel keeps the name of its origin.
    std::exception_ptr put_on(std::exception_ptr error) const;
    /// The same, with a remark before the cause.
    std::exception_ptr put_on(std::exception_ptr error, const std::string& remark) const;
    /// True for an error that came from another segment of the pipeline.
    bool is_of_another(const std::exception_ptr& error) const;

private:
    std::shared_ptr<const std::string> pipeline_;
    std::string segment_;
};

}  // namespace detail

}  // namespace weir
