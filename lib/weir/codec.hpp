/// Structs as JSON lines and as binary frames.
/// Made by .ci/api.py from the public headers of the room.
#pragma once

#include <weir/codec/checksum.hpp>
#include <weir/codec/decode.hpp>
#include <weir/codec/deliver.hpp>
#include <weir/codec/fault.hpp>
#include <weir/codec/fields.hpp>
#include <weir/codec/frame_write.hpp>
#include <weir/codec/frames.hpp>
#include <weir/codec/frames_of.hpp>
#include <weir/codec/json_lines.hpp>
#include <weir/codec/json_write.hpp>
