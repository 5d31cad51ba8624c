/// Channels that a pipeline's graph shows.
#pragma once

#include <weir/channel/channel.hpp>
#include <weir/core/pipe.hpp>
#include <weir/pipeline/detail/channel_counters.hpp>
#include <weir/pipeline/detail/pipeline_parts.hpp>
#include <weir/sinks/into.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace weir {

namespace detail {

/// Records which segment has an end of a channel: the segment that is being built when the end is
/// piped.
class channel_end {
public:
    channel_end(std::shared_ptr<pipeline_parts> parts, std::string channel)
        : parts_(std::move(parts)), channel_(std::move(channel)) {}
    void note_sender() const { parts_->place_sender(channel_); }
    void note_receiver() const { parts_->place_receiver(channel_); }

private:
    std::shared_ptr<pipeline_parts> parts_;
    std::string channel_;
};

}  // namespace detail

/// The sending end of `pipeline::channel`: a `sender` that `into` recognises.
template <class T>
class pipeline_sender : public sender<T> {
public:
    pipeline_sender(sender<T> to, detail::channel_end end)
        : sender<T>(std::move(to)), end_(std::move(end)) {}
    const detail::channel_end& end() const noexcept { return end_; }

private:
    detail::channel_end end_;
};

/// The receiving end of `pipeline::channel`: a `receiver` that records which segment takes it.
template <class T>
class pipeline_receiver : public receiver<T> {
public:
    pipeline_receiver(receiver<T> from, detail::channel_end end)
        : receiver<T>(std::move(from)), end_(std::move(end)) {}
    const detail::channel_end& end() const noexcept { return end_; }
    /// See `weir::taken_over`. A step, a join or an `any_stream` calls it when it takes the
    /// receiver.
    void note_taken() const {
        receiver<T>::note_taken();
        end_.note_receiver();
    }

private:
    detail::channel_end end_;
};

template <class T>
struct pipeline_channel_ends {
    pipeline_sender<T> sender;
    pipeline_receiver<T> receiver;
};

/// As `into(sender)`. The pipeline's graph learns which segment sends.
template <class T>
auto into(pipeline_sender<T> to) {
    return pipe([to = std::move(to)](auto stream) mutable {
        to.end().note_sender();
        return std::move(stream) | into(sender<T>(std::move(to)));
    });
}

/// As for any receiver. The pipeline's graph learns which segment receives.
template <class T, class Apply>
auto operator|(pipeline_receiver<T>&& from, pipe_closure<Apply> op) {
    from.end().note_receiver();
    return receiver<T>(std::move(from)) | std::move(op);
}

namespace detail {

/// Makes a channel that the pipeline's graph shows as `name`. Errors: as `weir::channel`, and
/// `std::invalid_argument` for an empty name or one that is already used.
template <class T>
pipeline_channel_ends<T> make_pipeline_channel(const std::shared_ptr<pipeline_parts>& parts,
                                               const std::string& name, std::size_t capacity) {
    using state = channel_state<T>;
    auto fresh = std::make_unique<state>(capacity);
    auto counters = parts->add_channel(name, capacity);
    counters->watch(fresh.get(), [](const void* s) noexcept {
        const auto p = static_cast<const state*>(s)->progress();
        return channel_progress{p.published, p.released};
    });
    auto bury = [counters](state* s) noexcept {
        counters->close();
        delete s;
    };
    const std::shared_ptr<state> shared(fresh.release(), std::move(bury));
    const channel_end end(parts, name);
    return {pipeline_sender<T>(sender<T>(shared), end),
            pipeline_receiver<T>(receiver<T>(shared), end)};
}

}  // namespace detail

}  // namespace weir
