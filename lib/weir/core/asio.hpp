#pragma once

/// Asio, configured the way weir needs it. Every file of weir includes Asio through this header,
/// and a program that includes it before its own `<asio/...>` headers needs no configuration of its
/// own.
///
/// This is the part of Asio that streams need: executors, coroutines, cancellation. A file
/// that needs more includes it by its own name after this one (`<asio/ip/tcp.hpp>`,
/// `<asio/signal_set.hpp>`, or all of it by `<asio.hpp>`), because sockets, files and signals take
/// longer to compile than all of weir.
///
/// Asio is the standalone one (not Boost's), without its deprecated names. Asio before 1.28 looks
/// for clang's coroutines under their old, experimental name and so misses them; they are announced
/// here.

// First, because Asio 1.22 asks the standard library's macros how to allocate before it has
// included any of it: a file that began with Asio would free memory in another way than the others.
#include <cstddef>

#if !defined(ASIO_STANDALONE)
#define ASIO_STANDALONE 1
#endif
#if !defined(ASIO_NO_DEPRECATED)
#define ASIO_NO_DEPRECATED 1
#endif

#if defined(ASIO_DETAIL_CONFIG_HPP) && \
    (!defined(ASIO_HAS_CO_AWAIT) || !defined(ASIO_HAS_STD_COROUTINE))
#error \
    "Asio was included before <weir/core/asio.hpp>, and has found no coroutines: compile as C++20 and include <weir/core/asio.hpp> first"
#endif

#include <asio/version.hpp>

#if defined(__clang__) && ASIO_VERSION < 102800
#if !defined(ASIO_HAS_CO_AWAIT)
#define ASIO_HAS_CO_AWAIT 1
#endif
#if !defined(ASIO_HAS_STD_COROUTINE)
#define ASIO_HAS_STD_COROUTINE 1
#endif
#endif

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>
#include <asio/defer.hpp>
#include <asio/dispatch.hpp>
#include <asio/error.hpp>
#include <asio/execution_context.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/prefer.hpp>
#include <asio/query.hpp>
#include <asio/recycling_allocator.hpp>
#include <asio/require.hpp>
#include <asio/strand.hpp>
#include <asio/system_error.hpp>
#include <asio/system_executor.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#if !defined(ASIO_HAS_CO_AWAIT) || !defined(ASIO_HAS_STD_COROUTINE)
#error "Asio has found no coroutines: compile as C++20, with a compiler that has them"
#endif
