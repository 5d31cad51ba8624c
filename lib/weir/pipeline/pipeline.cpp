#include <weir/pipeline/pipeline.hpp>

namespace weir {

pipeline::pipeline(std::string name, const asio::any_io_executor& executor)
    : parts_(std::make_shared<detail::pipeline_parts>(std::move(name))),
      supervisor_(detail::supervisor::make(executor, parts_)) {}

pipeline::~pipeline() {
    if (supervisor_) supervisor_->detach();
}

}  // namespace weir
