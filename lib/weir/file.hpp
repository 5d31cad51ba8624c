/// Files: their bytes and their changes.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/connectors/file/block_reader.hpp>
#include <weir/connectors/file/follow.hpp>
#include <weir/connectors/file/followed_block.hpp>
#include <weir/connectors/file/read.hpp>
#include <weir/connectors/file/watch.hpp>
