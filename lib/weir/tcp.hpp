/// TCP connections.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/connectors/tcp/client_event.hpp>
#include <weir/connectors/tcp/connect.hpp>
#include <weir/connectors/tcp/connect_options.hpp>
#include <weir/connectors/tcp/connection_change.hpp>
#include <weir/connectors/tcp/decoder.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/connectors/tcp/publish.hpp>
#include <weir/connectors/tcp/publish_options.hpp>
#include <weir/connectors/tcp/receive.hpp>
#include <weir/connectors/tcp/receive_options.hpp>
#include <weir/connectors/tcp/subscriber_event.hpp>
