/// The live segments of an execution context.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/detail/gate.hpp>
#include <weir/runtime/detail/segment.hpp>

#include <memory>
#include <mutex>
#include <unordered_set>

namespace weir::detail {

/// Keeps every live segment of a context alive, and abandons them when the context shuts down:
/// a stream that waits and the segment it would wake hold each other, so without this a context
/// destroyed in the middle of things would leak them. An asio execution-context service.
class segment_registry : public asio::execution_context::service {
public:
    static asio::execution_context::id id;

    explicit segment_registry(asio::execution_context& owner)
        : asio::execution_context::service(owner) {}

    /// Thread-safe. The registry holds a reference from `add` to `remove`.
    void add(segment& member);
    void remove(segment& member) noexcept;

    /// The way in for other threads; shut before the segments are abandoned.
    const std::shared_ptr<gate>& entrance() const noexcept { return gate_; }

private:
    void shutdown() noexcept override;

    const std::shared_ptr<gate> gate_ = std::make_shared<gate>();

    std::mutex mutex_;
    std::unordered_set<segment*> members_;
};

}  // namespace weir::detail
