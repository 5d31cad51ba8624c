#include <weir/core/stage.hpp>

namespace weir {

std::string describe(std::exception_ptr error) {
    try {
        std::rethrow_exception(std::move(error));
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "an exception that is not a std::exception";
    }
}

void stage::fail() const {
    std::string where = kind_;
    if (!name_.empty()) where.append(" '").append(name_).append("'");
    throw stage_error(std::move(where), describe(std::current_exception()),
                      std::current_exception());
}

void stage::fail(std::exception_ptr error) const {
    try {
        std::rethrow_exception(std::move(error));
    } catch (...) {
        fail();
    }
}

}  // namespace weir
