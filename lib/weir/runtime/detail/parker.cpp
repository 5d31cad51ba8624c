#include <weir/runtime/detail/parker.hpp>

namespace weir::detail {

parker& this_thread_parker() {
    // Counted: a waker may still hold it when the thread ends.
    thread_local const counted_ptr<parker> mine = counted_ptr<parker>::adopt(new parker);
    return *mine;
}

}  // namespace weir::detail
