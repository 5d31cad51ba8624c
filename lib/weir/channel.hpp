/// Bounded channels, oneshot, watch, broadcast.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/channel/blocking_view.hpp>
#include <weir/channel/broadcast.hpp>
#include <weir/channel/channel.hpp>
#include <weir/channel/channel_closed.hpp>
#include <weir/channel/channel_full.hpp>
#include <weir/channel/channel_limit.hpp>
#include <weir/channel/oneshot.hpp>
#include <weir/channel/overflow.hpp>
#include <weir/channel/receive_result.hpp>
#include <weir/channel/receiver_lagged.hpp>
#include <weir/channel/receiving_end.hpp>
#include <weir/channel/sending_end.hpp>
#include <weir/channel/shared_channel.hpp>
#include <weir/channel/shared_receiver.hpp>
#include <weir/channel/shared_sender.hpp>
#include <weir/channel/watch.hpp>
