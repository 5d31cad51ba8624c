/// The poll protocol, stages, the pipe, errors.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/error.hpp>
#include <weir/core/gcc12.hpp>
#include <weir/core/order.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/position.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/core/stream.hpp>
#include <weir/core/usable_key.hpp>
#include <weir/core/utf8.hpp>
#include <weir/core/waker.hpp>
