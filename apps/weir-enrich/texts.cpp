#include "texts.hpp"

#include <cstring>
#include <limits>
#include <new>

namespace weir_enrich {

void row_texts::let_go(block* b) noexcept {
    // Release and acquire: whoever was the last sees what the others did with it.
    if (b->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) b->owner->retire(b);
}

texts::~texts() {
    constexpr auto all = std::numeric_limits<std::size_t>::max();
    free_some(retired_.load(std::memory_order_acquire), all);
    free_some(waiting_, all);
    free_some(free_, all);
}

std::string_view texts::keep(std::string_view text) {
    const std::lock_guard lock(mutex_);
    return *kept_.emplace(text).first;
}

row_texts texts::share(std::initializer_list<std::string_view*> all) {
    std::size_t size = 0;
    for (const std::string_view* const text : all) size += text->size();
    void* const memory = ::operator new(sizeof(block) + size);
    auto* const made = ::new (memory) block(this);
    blocks_.fetch_add(1, std::memory_order_relaxed);
    char* to = static_cast<char*>(memory) + sizeof(block);
    for (std::string_view* const text : all) {
        if (!text->empty()) std::memcpy(to, text->data(), text->size());
        *text = {to, text->size()};
        to += text->size();
    }
    return row_texts(made);
}

void texts::retire(block* b) noexcept {
    b->next = retired_.load(std::memory_order_relaxed);
    while (!retired_.compare_exchange_weak(b->next, b, std::memory_order_release,
                                           std::memory_order_relaxed)) {
    }
}

void texts::collect() noexcept {
    if (free_) free_ = free_some(free_, most_freed);
    if (!waiting_) {
        if (!retired_.load(std::memory_order_relaxed)) return;
        waiting_ = retired_.exchange(nullptr, std::memory_order_acquire);
        // Nothing holds the epoch that begins: the one before was over.
        current_ = 1 - current_;
    }
    if (free_ || holders_[1 - current_].load(std::memory_order_acquire) != 0) return;
    free_ = std::exchange(waiting_, nullptr);
}

texts::block* texts::free_some(block* list, std::size_t most) noexcept {
    for (; list && most != 0; --most) {
        block* const next = list->next;
        list->~block();
        ::operator delete(list);
        blocks_.fetch_sub(1, std::memory_order_relaxed);
        list = next;
    }
    return list;
}

}  // namespace weir_enrich
