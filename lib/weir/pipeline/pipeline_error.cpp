#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/pipeline/pipeline_error.hpp>

#include <utility>

namespace weir {

namespace {

std::string place(const std::string& pipeline, const std::string& segment) {
    std::string where = "pipeline '" + pipeline + "': ";
    if (!segment.empty()) where.append("segment '").append(segment).append("': ");
    return where;
}

/// `error` as an error of this pipeline that already names a segment; null if it is none.
const pipeline_error* named(const std::exception_ptr& error,
                            const std::shared_ptr<const std::string>& pipeline) {
    try {
        std::rethrow_exception(error);
    } catch (const pipeline_error& e) {
        return e.is_of(pipeline) ? &e : nullptr;  // lives as long as `error`
    } catch (...) {
        return nullptr;
    }
}

/// The cause that `error` names; null if `error` is itself a cause.
std::exception_ptr cause_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const pipeline_error& e) {
        return e.cause();
    } catch (const stage_error& e) {
        return e.cause();
    } catch (...) {
        return nullptr;
    }
}

}  // namespace

pipeline_error::pipeline_error(std::shared_ptr<const std::string> pipeline, std::string segment,
                               const std::string& why, std::exception_ptr cause)
    : error(place(*pipeline, segment) + why),
      pipeline_(std::move(pipeline)),
      segment_(std::move(segment)),
      cause_(std::move(cause)) {}

bool detail::is_cancellation(std::exception_ptr error) {
    while (auto cause = cause_of(error)) error = std::move(cause);
    try {
        std::rethrow_exception(error);
    } catch (const asio::system_error& e) {
        return e.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

std::exception_ptr detail::segment_name::put_on(std::exception_ptr error) const {
    return named(error, pipeline_) ? error : put_on(std::move(error), "");
}

std::exception_ptr detail::segment_name::put_on(std::exception_ptr error,
                                                const std::string& remark) const {
    if (const auto* e = named(error, pipeline_)) error = e->cause();
    const std::string why = remark + describe(error);
    return std::make_exception_ptr(pipeline_error(pipeline_, segment_, why, std::move(error)));
}

bool detail::segment_name::is_of_another(const std::exception_ptr& error) const {
    const auto* e = named(error, pipeline_);
    return e && e->segment() != segment_;
}

}  // namespace weir
