#include "string_pool.hpp"

#include <cstring>
#include <limits>
#include <new>

namespace weir_enrich {

void row_strings::release(block* b) noexcept {
    // Release and acquire: the last holder sees what the others did with the block.
    if (b->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) b->owner->retire(b);
}

string_pool::~string_pool() {
    constexpr auto all = std::numeric_limits<std::size_t>::max();
    free_some(retired_.load(std::memory_order_acquire), all);
    free_some(waiting_, all);
    free_some(free_, all);
}

std::string_view string_pool::intern(std::string_view text) {
    const std::lock_guard lock(mutex_);
    return *interned_.emplace(text).first;
}

row_strings string_pool::store(std::initializer_list<std::string_view*> all) {
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
    return row_strings(made);
}

void string_pool::retire(block* b) noexcept {
    b->next = retired_.load(std::memory_order_relaxed);
    while (!retired_.compare_exchange_weak(b->next, b, std::memory_order_release,
                                           std::memory_order_relaxed)) {
    }
}

void string_pool::collect() noexcept {
    if (free_) free_ = free_some(free_, most_freed);
    if (!waiting_) {
        if (!retired_.load(std::memory_order_relaxed)) return;
        waiting_ = retired_.exchange(nullptr, std::memory_order_acquire);
        // There are no pins in the epoch that begins, because it was over before.
        current_ = 1 - current_;
    }
    if (free_ || holders_[1 - current_].load(std::memory_order_acquire) != 0) return;
    free_ = std::exchange(waiting_, nullptr);
}

string_pool::block* string_pool::free_some(block* list, std::size_t most) noexcept {
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
